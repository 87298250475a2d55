# SPDX-License-Identifier: MIT
"""Proves that the report refuses what cannot be compared, and that its numbers are the lines'."""

import contextlib
import io
import json
import pathlib
import sys
import tempfile
import unittest
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))
import report


def line(impl="kiln", median_us=2.0, workload="digits/1", **more):
    return {
        "workload": workload,
        "dtype": "f32",
        "batch": 1,
        "threads": 1,
        "impl": impl,
        "version": "1.0",
        "median_us": median_us,
        "percent_of_peak": 50.0,
        "peak_gflops": 100.0,
        "cpu": "a",
    } | more


def compiled(shape="chain", ops=10, seconds=2.0, impl="g++", flags="-O2", **more):
    return {
        "workload": f"compile/{shape}/{ops}",
        "stage": "net",
        "impl": impl,
        "version": "12.2",
        "flags": flags,
        "cpu": "a",
        "ops": ops,
        "processor_seconds": seconds,
        "peak_mib": 300,
        "failed": False,
    } | more


PAIR = [line(), line("Eigen", 3.0), line(workload="digits/32", median_us=1500.0)]


def run(lines, *options, text=None):
    """Exit status, standard output and standard error of the command, and the plot it wrote."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "bench.jsonl")
        file.write_text(text if text is not None else "".join(json.dumps(x) + "\n" for x in lines))
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = report.main([str(file), *options])
        plot = file.with_suffix(".svg")
        return status, out.getvalue(), err.getvalue(), plot.read_text() if plot.exists() else ""


class Report(unittest.TestCase):
    def refused(self, lines, *words, **more):
        status, out, err, plot = run(lines, **more)
        self.assertEqual((status, out, plot), (1, "", ""))
        for word in words:
            self.assertIn(word, err)

    def test_table(self):
        status, out, _, _ = run(PAIR)
        self.assertEqual(status, 0)
        self.assertIn("a, one thread, measured peak of a core 100 GOP/s in f32. kiln 1.0, Eigen 1.0.", out)
        self.assertIn("| batch | kiln | of peak | Eigen |\n", out)
        self.assertIn("| 1 | 2.00 µs | 50 % | 3.00 µs (1.50x) |\n", out)
        self.assertIn("| 32 | 1.50 ms | 50 % | – |\n", out)
        self.assertIn("| geometric mean |  |  | 1.50x |\n", out)

    def test_tables_of_threads_and_types(self):
        two = [line(threads=2), line("Eigen", 5.0, threads=2)]
        status, out, _, _ = run(PAIR + two + [line(dtype="u8s8", peak_gflops=300.0)])
        self.assertEqual(status, 0)
        self.assertIn("a, measured peak of a core 100 GOP/s in f32, 300 GOP/s in int8.", out)
        self.assertIn("| 1 u8s8 | 2.00 µs | 50 % | – |\n", out)
        one, other = out.split("whole net, 2 threads**")
        self.assertIn("(1.50x)", one)
        self.assertIn("| 1 | 2.00 µs | 50 % | 5.00 µs (2.50x) |\n", other)

    def test_geometric_mean(self):
        more = [line("Eigen", 12.0, "digits/2"), line(workload="digits/2")]
        self.assertIn("| geometric mean |  |  | 3.00x |\n", run(PAIR + more)[1])

    def test_fastest_of_several_runs(self):
        runs = [(2.0, 3.0), (1.9, 2.6), (1.8, 9.0)]  # the second: 1.9 * 2.6 is the least product
        lines = [x for a, b in runs for x in (line(median_us=a), line("Eigen", b))]
        self.assertIn("| 1 | 1.90 µs | 50 % | 2.60 µs (1.37x) |\n", run(lines)[1])
        # A run that lacks a contender counts less, however fast.
        self.assertIn("| 1 | 1.90 µs | 50 % | 2.60 µs", run(lines + [line(median_us=0.1)])[1])

    def test_bytes(self):
        moved = [line(bytes=1.5e6, workload="fusion/a")]
        moved.append(line("kiln unfused", 4.0, "fusion/a", bytes=3e6))
        out = run(moved)[1]
        self.assertIn("| kiln unfused | MB moved |", out)
        self.assertIn("| a | 2.00 µs | 50 % | 4.00 µs (2.00x) | 1.50 / 3.00 |", out)

    def test_without_ours(self):
        self.assertIn("| 1 | 4.00 µs | 50 % |", run([line("Eigen", 4.0)])[1])

    def test_percent_that_means_nothing(self):
        mixed = [line(percent_of_peak=0), line(workload="digits/2")]
        self.assertIn("| 1 | 2.00 µs | – |", run(mixed)[1])
        self.assertIn("| batch | kiln |\n| --- | ---: |\n| 1 | 2.00 µs |\n", run(mixed[:1])[1])

    def test_more_than_the_peak(self):
        self.refused([line(percent_of_peak=117.0)], "117.0 % of the peak")
        self.assertEqual(run([line(percent_of_peak=101.0)])[0], 0)

    def test_one_thread_beside_two(self):
        two = [line(threads=2), line("kiln, one thread", 3.8, threads=2)]
        self.assertIn("| 1 | 2.00 µs | 50 % | 3.80 µs (1.90x) |\n", run(two)[1])

    def test_several_families_in_one_table(self):
        rows = [line(workload="softmax/2x3"), line(workload="rms_norm/2x3", median_us=1.0)]
        out = run(rows)[1]
        self.assertEqual(out.count("**"), 2)
        self.assertIn("| softmax/2x3 | 2.00 µs | 50 % |\n| rms_norm/2x3 | 1.00 µs | 50 % |\n", out)

    def test_versions(self):
        more = [line("BLAS", version="BLAS 0.3.21 ODD MAX=64"), line("BLAS rows", version="0.3.21")]
        self.assertIn(". kiln 1.0, Eigen 1.0, BLAS 0.3.21. Medians", run(PAIR + more)[1])

    def test_two_machines(self):
        self.refused(PAIR + [line(cpu="b")], "'a'", "'b'")

    def test_two_versions(self):
        self.refused(PAIR + [line("Eigen", version="2.0")], "Eigen", "'1.0'", "'2.0'")

    def test_broken_lines(self):
        self.refused([], "bench.jsonl:1", text="{")
        self.refused([], "bench.jsonl:1: not an object", text="3")
        self.refused(
            [], "has no impl", text='{"workload": "a", "median_us": 1, "cpu": "a", "version": "1"}'
        )
        self.refused([line(median_us=0)], "bench.jsonl:1: median_us is 0")
        self.refused([], "no measurement")

    def test_lines_of_another_kind(self):
        out = run(PAIR + [{"workload": "compile/chain", "seconds": 1.0}])[1]
        self.assertNotIn("compile", out)

    def test_only(self):
        out = run(PAIR, "--only=/32$")[1]
        self.assertIn("1.50 ms", out)
        self.assertNotIn("2.00 µs", out)

    def test_duration(self):
        cases = {0.0999: "99.9 ns", 0.9994: "999 ns", 0.99951: "1.00 µs", 12.34: "12.3 µs"}
        cases |= {123.4: "123 µs", 1234.0: "1.23 ms", 2e6: "2.00 s", 2.5e9: "2500 s"}
        for us, text in cases.items():
            self.assertEqual(report.duration(us), text)

    def test_plot(self):
        svg = run(PAIR + [line("<peer>", 0.5)])[3]
        tree = xml.etree.ElementTree.fromstring(svg)
        space = "{http://www.w3.org/2000/svg}"
        titles = [t.text for c in tree.iter(f"{space}circle") for t in c.iter(f"{space}title")]
        self.assertEqual(sorted(titles), ["<peer>: 0.25", "Eigen: 1.50"])
        (base,) = [x for x in tree.iter(f"{space}line") if x.get("class") == "base"]
        dots = [c for c in tree.iter(f"{space}circle") if c.find(f"{space}title") is not None]
        left_of_base = [float(c.get("cx")) < float(base.get("x1")) for c in dots]
        self.assertEqual(left_of_base, [False, True])

    def test_plot_names_types_and_threads(self):
        more = [dict(one, dtype="bf16", threads=2) for one in PAIR]
        svg = run(PAIR + more)[3]
        name = PAIR[0]["workload"]
        self.assertIn(f">{name} {PAIR[0].get('dtype')}</text>", svg)
        self.assertIn(f">{name} bf16 x2</text>", svg)

    def test_compile_times(self):
        lines = [compiled(), compiled(ops=100, seconds=5.0), compiled(impl="clang++", seconds=1.5)]
        status, out, _, plot = run([*lines, compiled(seconds=3.0), compiled(ops=500, failed=True)])
        self.assertEqual((status, plot), (0, ""))
        self.assertIn("| expression | operators | g++ -O2 | clang++ -O2 |\n", out)
        self.assertIn("| chain | 10 | 2.0 s, 300 MiB | 1.5 s, 300 MiB |\n", out)
        self.assertIn("| chain | 100 | 5.0 s, 300 MiB | – |\n", out)
        self.assertNotIn("500", out)
        self.assertIn("**Digits", run([*lines, *PAIR])[1])

    def test_kernel_times(self):
        of_kernel = dict(stage="kernel", kernel_seconds=0.25, kernel_mib=12, kernel_kib=4)
        lines = [compiled("kernel/f32.f32", "14x2", **of_kernel) | {"ops": 1},
                 compiled("kernel", "all", seconds=9.0, **of_kernel | {"kernel_seconds": 7.5}) | {"ops": 30}]
        slower = lines[0] | {"kernel_seconds": 0.5}
        status, out, _, plot = run([slower, *lines])
        self.assertEqual((status, plot), (0, ""))
        self.assertIn("| f32.f32/14x2 | 0.25 s, 12 MiB, 4 KiB |\n", out)
        self.assertIn("| all 30 | 7.50 s, 12 MiB, 4 KiB |\n", out)
        self.assertNotIn("expression", out)
        self.assertIn("| chain | 10 |", run([*lines, compiled()])[1])

    def test_compile_plot(self):
        lines = [compiled("<a>", ops, ops / 5) for ops in (10, 100)] + [compiled("b", 10, 3.0)]
        picture = xml.etree.ElementTree.fromstring(report.compile_report.plot(lines))
        space = "{http://www.w3.org/2000/svg}"
        self.assertEqual(len(picture.findall(f"{space}polyline")), 4)  # two curves, two signs
        self.assertIn("<a>, g++ -O2", [x.text for x in picture.findall(f"{space}text")])
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "bench.jsonl")
            file.write_text("".join(json.dumps(x) + "\n" for x in lines))
            with contextlib.redirect_stdout(io.StringIO()):
                self.assertEqual(report.main([str(file)]), 0)
            self.assertTrue(pathlib.Path(folder, "compile.svg").exists())

    def test_compile_times_of_two_machines(self):
        self.refused([compiled(), compiled(ops=20, cpu="b")], "machines")
        self.refused([{"workload": "compile/chain/10", "processor_seconds": 1.0}], "has no")

    def test_readme(self):
        with tempfile.TemporaryDirectory() as folder:
            readme = pathlib.Path(folder, "README.md")
            readme.write_text(f"above\n{report.BEGIN}\nold\n{report.END}\nbelow\n")
            for _ in range(2):  # the second time changes nothing
                status, out, _, _ = run(PAIR, f"--update-readme={readme}")
                self.assertEqual((status, out), (0, ""))
                text = readme.read_text()
                self.assertTrue(text.startswith(f"above\n{report.BEGIN}\na, one thread"))
                self.assertTrue(text.endswith(f"|\n{report.END}\nbelow\n"))
                self.assertNotIn("old", text)

    def test_readme_without_markers(self):
        for text in ("", report.BEGIN, report.END + report.BEGIN, report.BEGIN * 2 + report.END):
            with self.assertRaises(report.Refused):
                report.updated(text, "new")


if __name__ == "__main__":
    unittest.main()
