"""What results look like in a notebook: tables of HTML, and data frames with documented columns."""
