# SPDX-License-Identifier: MIT
"""The other runtimes: each gives a call without arguments that computes a net once."""

import functools

try:
    import onnxruntime
except ImportError:
    onnxruntime = None
try:
    import openvino
except ImportError:
    openvino = None


class OnnxRuntime:
    @staticmethod
    def computes(net):
        """It has no products of bf16 on processors."""
        return onnxruntime is not None and net.element != "bf16"

    def __new__(cls, net, threads):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        providers = ["CPUExecutionProvider"]
        session = onnxruntime.InferenceSession(net.onnx(), options, providers=providers)
        y, binding = net.result(), session.io_binding()
        binding.bind_input("x", "cpu", 0, net.x.dtype, net.x.shape, net.x.ctypes.data)
        binding.bind_output("y", "cpu", 0, y.dtype, y.shape, y.ctypes.data)
        # What InferenceSession.run_with_iobinding calls, without its checks in Python.
        call = functools.partial(session._sess.run_with_iobinding, binding._iobinding, None)
        return "ONNX Runtime", onnxruntime.__version__, call, y


class OpenVino:
    @staticmethod
    def computes(net):
        return openvino is not None

    def __new__(cls, net, threads):
        core = openvino.Core()
        model = core.read_model(net.onnx())
        bf16 = net.element == "bf16"
        if bf16:
            steps = openvino.preprocess.PrePostProcessor(model)
            steps.input().tensor().set_element_type(openvino.Type.bf16)
            steps.output().tensor().set_element_type(openvino.Type.bf16)
            model = steps.build()
        precision = openvino.Type.bf16 if bf16 else openvino.Type.f32
        settings = {
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": precision,
        }
        request = core.compile_model(model, "CPU", settings).create_infer_request()
        y = net.result()

        def shared(memory):
            if not bf16:
                return openvino.Tensor(memory, shared_memory=True)
            return openvino.Tensor(memory, memory.shape, openvino.Type.bf16)

        request.set_input_tensor(shared(net.x))
        request.set_output_tensor(shared(y))
        # What InferRequest.infer calls, without its work on inputs and outputs in Python.
        infer = super(type(request), request).infer
        call = functools.partial(infer, {}, share_outputs=True, decode_strings=False)
        return "OpenVINO", openvino.__version__.split("-")[0], call, y


PEERS = (OnnxRuntime, OpenVino)
