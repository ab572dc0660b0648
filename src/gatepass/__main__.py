from gatepass.cli import app

app(prog_name="gatepass")
