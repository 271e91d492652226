"""Times image-to-mask models here and in ONNX Runtime, OpenVINO and ncnn, round by round in turn, all in float32.

usage: rivals.py --ours COMMAND MODEL.onnx... [--threads 1 2] [--rounds 10]
COMMAND runs once a round with {model} and {threads} filled in; the last line it prints is a JSON object with
"median_ms". Every engine's figure of a round is the median of a few runs after a warm-up, so that all are treated
alike. Prints medians over the rounds, the ratio to the fastest rival, how far the masks are apart, and ours at two
threads against one.

OpenVINO would rather compute in bfloat16 where the processor has it; then that time is printed as well, in
parentheses, and left out of the ratio.
"""
import argparse
import json
import pathlib
import shlex
import subprocess
import sys
import tempfile
import time

import numpy as np

SIDE = 256


def milliseconds(run, runs=3):
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return float(np.median(times)) * 1e3


def onnxruntime_engine(model, threads, image):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda: session.run(None, {name: image})[0]


def openvino_engine(model, threads, image, precision):
    import openvino

    settings = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY"}
    if precision:
        settings["INFERENCE_PRECISION_HINT"] = precision
    compiled = openvino.Core().compile_model(str(model), "CPU", settings)
    if not precision and "float32" in str(compiled.get_property("INFERENCE_PRECISION_HINT")):
        return None
    request = compiled.create_infer_request()
    return lambda: next(iter(request.infer({0: image}).values()))


def ncnn_engine(model, threads, image):
    import ncnn

    folder = pathlib.Path(tempfile.mkdtemp())
    (folder / "m.onnx").write_bytes(model.read_bytes())
    converter = pathlib.Path(sys.executable).parent / "pnnx"
    subprocess.run(
        [converter, "m.onnx", f"inputshape=[1,3,{SIDE},{SIDE}]"], cwd=folder, check=True, capture_output=True)
    net = ncnn.Net()
    net.opt.num_threads = threads
    for option in ("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_storage"):
        setattr(net.opt, option, False)
    net.load_param(str(folder / "m.ncnn.param"))
    net.load_model(str(folder / "m.ncnn.bin"))
    # A Mat over an array only points at it; the clone owns its pixels.
    planes = ncnn.Mat(image[0]).clone()

    def run():
        extractor = net.create_extractor()
        extractor.input("in0", planes)
        return np.array(extractor.extract("out0")[1])[None]

    return run


def compare(model, threads, rounds, command):
    image = np.random.default_rng(5).random((1, 3, SIDE, SIDE), dtype=np.float32)
    engines = {
        "onnxruntime": onnxruntime_engine(model, threads, image),
        "openvino": openvino_engine(model, threads, image, "f32"),
        "(openvino bf16)": openvino_engine(model, threads, image, None),
        "ncnn": ncnn_engine(model, threads, image),
    }
    engines = {name: run for name, run in engines.items() if run}
    reference = engines["onnxruntime"]()
    for name, run in engines.items():
        print(f"{model.name} {name}: mask within {np.abs(run() - reference).max():.1e} of ONNX Runtime's")
    times = {name: [] for name in [*engines, "ours"]}
    for _ in range(rounds):
        for name, run in engines.items():
            run()
            times[name].append(milliseconds(run))
        line = command.format(model=shlex.quote(str(model)), threads=threads)
        output = subprocess.run(line, shell=True, check=True, capture_output=True, text=True).stdout
        times["ours"].append(json.loads(output.strip().splitlines()[-1])["median_ms"])
    for name, values in times.items():
        print(f"{model.name} threads {threads} {name:16} median {np.median(values):7.1f} ms  min {min(values):7.1f} ms")
    ours = float(np.median(times.pop("ours")))
    fastest, best = min(
        ((name, float(np.median(v))) for name, v in times.items() if not name.startswith("(")), key=lambda e: e[1])
    print(f"{model.name} threads {threads} ratio {ours / best:.3f} of {fastest}, the fastest rival", flush=True)
    return ours


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="+", type=pathlib.Path)
    parser.add_argument("--ours", required=True)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=10)
    arguments = parser.parse_args()
    for model in arguments.models:
        ours = {t: compare(model, t, arguments.rounds, arguments.ours) for t in arguments.threads}
        if 1 in ours and 2 in ours:
            print(f"{model.name} two threads against one: {ours[2] / ours[1]:.3f}", flush=True)


if __name__ == "__main__":
    main()
