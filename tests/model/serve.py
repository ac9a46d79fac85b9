"""Runs the HTTP server of llama.cpp until it is ended: serve.py MODEL CONTEXT SLOTS. It prints its address once it listens.

MODEL is the path of a GGUF file. The slots share the context.
"""
import os
import signal
import sys

import xllamacpp

model, context, slots = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
params = xllamacpp.CommonParams()
params.model.path = model
params.port = 0
params.n_ctx = context
params.n_parallel = slots
# By default the server keeps 8 GiB of the prompts of earlier calls.
params.cache_ram_mib = 0
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = os.cpu_count() or 1
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
signal.pause()
