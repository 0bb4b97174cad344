"""The stories: each flow reads like the sentence in its docstring and touches the world only through its run.

May import run and what lies below it; flows never import each other.
"""
