"""Runs scripts of this folder one after another in one process, because loading scipy takes two seconds of each process.

Reads a line of JSON for each, [script, argument, …], and writes one: {"printed": …, "failed": null or the traceback}."""
import contextlib
import io
import json
import os
import runpy
import sys
import traceback

FOLDER = os.path.dirname(os.path.abspath(__file__))


def run(script, *args):
    printed = io.StringIO()
    sys.argv = [script, *args]
    try:
        with contextlib.redirect_stdout(printed):
            runpy.run_path(os.path.join(FOLDER, script), run_name="__main__")
    except SystemExit as ending:
        if ending.code not in (None, 0):
            return {"printed": printed.getvalue(), "failed": f"ended with {ending.code}"}
    except BaseException:
        return {"printed": printed.getvalue(), "failed": traceback.format_exc()}
    return {"printed": printed.getvalue(), "failed": None}


for line in sys.stdin:
    print(json.dumps(run(*json.loads(line))), flush=True)
