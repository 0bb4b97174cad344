"""The companies that are booked: one YAML file each, and the model that refuses a wrong one with every mistake at once.

May import only errors. To add a company, copy a file, change it, and run `exactly doctor`. `names` stays light: Dags import it.
"""
