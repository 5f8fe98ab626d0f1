"""A profile to begin with."""

STARTER = """\
# A hardware profile. Put your own numbers in, then run `neuromorph-track hardware check FILE`.
# Each is a best value and its interval (low = high = value where no spread is known), with its evidence:
# metered, measured, calibrated, simulated, derived, vendor or unstated. Leave out what nobody knows; it is
# listed as unpriced. `neuromorph-track hardware schema` names all terms.
schema = "hardware-profile/1"
profile = { id = "mine", name = "My chip", kind = "event_driven", boundary = "chip" }
# What counts as one synop: nonzero_weight, all_weights_edge_aware or nominal; dense_mac for a dense machine.
counting = { synop = "nonzero_weight" }
source = [{ id = "bench", cite = "made-up numbers of the starter profile" }]
[energy]
synop = { value = 12, low = 9, high = 15, unit = "pJ", evidence = "unstated", source = ["bench"] }
neuron_update = { value = 50, low = 40, high = 60, unit = "pJ", evidence = "unstated", source = ["bench"] }
[power]
static = { value = 80, low = 75, high = 90, unit = "mW", evidence = "unstated", source = ["bench"] }
"""
