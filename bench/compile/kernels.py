#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures what one instantiation of a kernel costs the compiler: seconds and MiB.

usage: kernels.py [--compilers g++,clang++] [--every] [--runs N] [--march NAME] [--filter REGEX]
                  [--json FILE]

Compiles a translation unit that includes the kernels and uses none of them, and one for each kernel
that uses it once, as a product or a convolution of static sizes does; what the kernel costs is the
difference. Without --every it takes the largest tile of each kind of numbers, with it all of
kernel/gemm/registry.hpp. `all` is one unit that uses every kernel of the registry. Prints one line
of JSON a kernel whose workload, such as compile/kernel/u8.s8/14x2, matches the filter. Compilers
that are not installed are left out.
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys

import curves
import json_lines

WORK = curves.ROOT / "build" / "compile_kernels"

HEAD = """#include <kiln/kernel/conv2d/convolve.hpp>
#include <kiln/kernel/conv2d/depthwise.hpp>
#include <kiln/kernel/gemm/macro.hpp>
#include <kiln/kernel/gemm/registry.hpp>

#include <cstdint>
#include <type_traits>

namespace gemm = kiln::kernel::gemm;
namespace conv2d = kiln::kernel::conv2d;
namespace simd = kiln::simd;

template <class Number>
struct store final {
  using sum = std::conditional_t<std::is_same_v<Number, float>, simd::pack, simd::int_pack>;
  Number* c;
  std::ptrdiff_t row_stride;

  template <class Lanes>
  KILN_INLINE gemm::no_state columns(std::size_t, Lanes) const {
    return {};
  }
  template <class Lanes>
  KILN_INLINE sum start(gemm::no_state, std::size_t, std::size_t, Lanes) const {
    return sum(0);
  }
  template <class Lanes>
  KILN_INLINE void finish(gemm::no_state, std::size_t row, std::size_t col, sum v, Lanes m) const {
    const auto at = static_cast<std::ptrdiff_t>(row) * row_stride + static_cast<std::ptrdiff_t>(col);
    simd::store(c + at, v, m);
  }
};

// Whole tiles only, in depths and widths that are known to leave no rest.
template <std::size_t I>
void product(const void* operands, void* c) {
  constexpr gemm::kernel k = gemm::kernel_at(I);
  constexpr gemm::config code{.block = {.mr = k.block.mr, .nv = k.block.nv},
                              .rows_high = k.block.mr,
                              .numbers = k.numbers,
                              .compensated = gemm::shifts_a(k.numbers) ? 1 : 0};
  using number = gemm::sum_element<k.numbers>;
  gemm::run<code>(*static_cast<const gemm::operands_of<k.numbers>*>(operands),
                  store<number>{static_cast<number*>(c), 64});
}

constexpr conv2d::window three{.taps = 3, .before = 1};

template <gemm::arithmetic X>
void convolution(const void* x, const std::byte* filters, std::byte* lines, void* y) {
  constexpr conv2d::sizes s{1, 28, 28, 64, 64, 28, 28, three, three};
  using number = gemm::sum_element<X>;
  constexpr auto code = conv2d::configure_packed(X, s, conv2d::dense_strides(s));
  conv2d::convolve<code>(conv2d::image<gemm::a_element<X>>{static_cast<const gemm::a_element<X>*>(x), 0, 28, 64},
                         filters, s, lines, store<number>{static_cast<number*>(y), 64});
}

inline void depthwise(const float* x, const float* filters, float* y) {
  constexpr conv2d::sizes s{1, 28, 28, 64, 64, 28, 28, three, three, 64};
  conv2d::depthwise<conv2d::configure_depthwise(s)>(
      conv2d::image<float>{x, 0, 28, 64}, conv2d::filters<float>{filters, 192, 64, 64}, s, store<float>{y, 64});
}
"""
CONVOLUTIONS = ("f32", "bf16", "u8s8")

LIST = """#include <cstdio>
int main() {
  for (std::size_t i = 0; i < gemm::kernel_count; ++i) {
    const gemm::kernel k = gemm::kernel_at(i);
    const auto name = gemm::name_of(k.numbers);
    std::printf("%.*s %d %d\\n", static_cast<int>(name.size()), name.data(), k.block.mr, k.block.nv);
  }
}
"""


def registry(flags):
    """(numbers, rows, packs) of every kernel of this machine, in order."""
    source = WORK / "list.cpp"
    source.write_text(HEAD + LIST)
    program = source.with_suffix("")
    compiler = shutil.which("g++") or shutil.which("clang++")
    subprocess.run([compiler, *flags, str(source), "-o", str(program)], check=True)
    lines = subprocess.run([str(program)], capture_output=True, text=True, check=True).stdout.splitlines()
    return [(name, int(rows), int(packs)) for name, rows, packs in map(str.split, lines)]


def uses(every, flags):
    """{workload: the lines that use it}."""
    kernels = registry(flags)
    largest = {}
    for index, (name, rows, packs) in enumerate(kernels):
        if name not in largest or rows * packs > kernels[largest[name]][1] * kernels[largest[name]][2]:
            largest[name] = index
    chosen = range(len(kernels)) if every else sorted(largest.values())
    text = {f"compile/kernel/{kernels[i][0]}/{kernels[i][1]}x{kernels[i][2]}":
            f"template void product<{i}>(const void*, void*);\n" for i in chosen}
    for numbers in CONVOLUTIONS:
        text[f"compile/kernel/conv3x3/{numbers}"] = (
            f"template void convolution<gemm::arithmetic::{numbers}>(const void*, const std::byte*, std::byte*, void*);\n")
    text["compile/kernel/depthwise3x3/f32"] = "auto* used = &depthwise;\n"
    every_one = "".join(f"template void product<{i}>(const void*, void*);\n" for i in range(len(kernels)))
    text["compile/kernel/all"] = every_one
    return text, len(kernels)


def cost(command, source, runs):
    """Processor seconds and MiB, the least of some runs, and the object's KiB."""
    best = None
    for _ in range(runs):
        _, processor, peak, status, errors = curves.measure(command)
        if status != 0:
            print(errors[:2000], file=sys.stderr)
            return None
        best = (min(best[0], processor), min(best[1], peak)) if best else (processor, peak)
    return *best, source.with_suffix(".o").stat().st_size / 1024


def measure(options):
    WORK.mkdir(parents=True, exist_ok=True)
    flags = ["-std=c++20", "-O2", f"-march={options.march}", f"-I{curves.ROOT / 'include'}"]
    texts, count = uses(options.every, flags)
    texts = {name: text for name, text in texts.items() if re.search(options.filter, name)}
    for compiler in options.compilers.split(",") if texts else []:
        if not shutil.which(compiler):
            continue
        without = None
        for name, text in {"": "", **texts}.items():
            source = WORK / (re.sub(r"\W", "_", name or "none") + ".cpp")
            source.write_text(HEAD + text)
            command = [compiler, *flags, "-c", str(source), "-o", str(source.with_suffix(".o"))]
            found = cost(command, source, options.runs)
            if not name:
                without = found
            if not name and found is None:
                yield {"workload": "compile/kernel/none", "failed": True}
                break
            if not name:
                continue
            line = {"workload": name, "stage": "kernel", "impl": compiler, "version": curves.version_of(compiler),
                    "flags": f"-O2 -march={options.march}", "ops": count if name.endswith("/all") else 1,
                    "cpu": curves.cpu(), "failed": found is None}
            if found:
                line |= {"processor_seconds": round(found[0], 2), "peak_mib": round(found[1]),
                         "kernel_seconds": round(found[0] - without[0], 2),
                         "kernel_mib": round(found[1] - without[1]), "kernel_kib": round(found[2] - without[2])}
            yield line


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compilers", default="g++,clang++")
    parser.add_argument("--every", action="store_true", help="every kernel of the registry by itself")
    parser.add_argument("--runs", type=int, default=2, help="compilations of which the least counts")
    parser.add_argument("--march", default="native")
    parser.add_argument("--filter", default="", help="regular expression of workloads")
    parser.add_argument("--json", type=pathlib.Path, help="append the lines to this file too")
    options = parser.parse_args()
    return json_lines.write(measure(options), options.json)


if __name__ == "__main__":
    sys.exit(main())
