"""What the console says, in Dutch and English: one file per subject, each a table of keys and their two texts.

May import nothing.
"""
