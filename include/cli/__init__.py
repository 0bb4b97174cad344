"""`exactly …`: what people do at a terminal. Thin: it reads options, calls console, checks and wiring, and shows what they say.

May import everything but flows and the sandbox, which it starts as a process.
"""
