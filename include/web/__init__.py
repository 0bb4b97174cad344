"""The operator's console inside Airflow's web server: routes, templates, what browsers load. The only room that knows FastAPI.

Each route names the role that it wants; reads and acts go through console and wiring: no SQL, no call to Exact lives here.
May import everything but cli, demo, proof, flows and the sandbox.
"""
