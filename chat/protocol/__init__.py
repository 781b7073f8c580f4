"""The protocol on the wire, version 1: its structs and their text form. No Django, no rules."""
