"""Tables, plots and annotated video of a run; import what you need from its files, they load slowly."""
