# Extracts the facts of each shard on the workers of a Dask cluster, and gathers them in facts.ndjson:
#   python3 dask_extract.py tcp://SCHEDULER:8786 'shards/*' compare uniform non-uniform
#   wfa compare uniform non-uniform --facts facts.ndjson
import glob, pathlib, subprocess, sys
from distributed import Client

scheduler, shards, *question = sys.argv[1:]

def extract(shard):
    command = ["wfa", "extract", *question, "--data", shard, "--threads", "1", "--output", "-"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout

with Client(scheduler) as client:
    # A task whose wfa is killed goes again, three times at most; one whose worker is lost does so by itself.
    facts = client.gather(client.map(extract, sorted(glob.glob(shards)), retries=3))
pathlib.Path("facts.ndjson").write_bytes(b"".join(facts))
