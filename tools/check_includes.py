#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails when a file uses a standard name without its header, or includes one for nothing.

With --fix it writes the missing includes and removes the unused ones (then run tools/format.sh).
"""

import re
import sys

import cpp_text

# header: names in std that only this header is sure to declare.
HEADERS = {
    "algorithm": (
        "all_of any_of none_of find find_if copy copy_n fill fill_n sort stable_sort equal"
        " min_element max_element max min clamp transform reverse rotate unique lower_bound"
        " upper_bound count count_if for_each generate is_sorted mismatch remove_if includes"
        " nth_element shuffle minmax_element lexicographical_compare"
    ),
    "any": "any any_cast",
    "array": "array to_array",
    "atomic": "atomic atomic_flag memory_order_relaxed memory_order_acquire memory_order_release",
    "bit": (
        "bit_cast bit_width bit_ceil bit_floor has_single_bit countr_zero countl_zero popcount"
        " endian rotl rotr"
    ),
    "charconv": "from_chars to_chars",
    "chrono": "chrono",
    "cmath": (
        "exp exp2 log log2 log1p expm1 tanh erf erfc sqrt fma floor ceil trunc nearbyint rint round"
        " lround isnan isinf isfinite pow fabs copysign signbit ldexp frexp nextafter fmax fmin"
        " fmod hypot sin cos"
    ),
    "concepts": (
        "same_as derived_from convertible_to integral floating_point unsigned_integral"
        " signed_integral constructible_from default_initializable invocable regular semiregular"
        " equality_comparable copyable movable"
    ),
    "cstdint": (
        "uint8_t uint16_t uint32_t uint64_t int8_t int16_t int32_t int64_t uintptr_t intptr_t"
    ),
    "cstdio": "printf fprintf puts snprintf fopen fclose fread fwrite remove FILE",
    "cstdlib": "abort exit getenv strtod strtol system EXIT_SUCCESS EXIT_FAILURE",
    "cstring": "memcpy memset memcmp memmove strlen strcmp",
    "exception": "terminate exception_ptr current_exception rethrow_exception uncaught_exceptions",
    "filesystem": "filesystem",
    "fstream": "ifstream ofstream fstream",
    "functional": (
        "function hash plus minus multiplies less greater equal_to invoke bind_front"
        " reference_wrapper"
    ),
    "iomanip": "setprecision setw setfill",
    "iostream": "cout cerr cin clog",
    "iterator": "back_inserter distance advance istreambuf_iterator ostream_iterator next prev",
    "limits": "numeric_limits",
    "map": "map multimap",
    "memory": (
        "unique_ptr shared_ptr make_unique make_shared addressof assume_aligned construct_at"
        " destroy_at align uninitialized_copy to_address"
    ),
    "mutex": "mutex lock_guard unique_lock scoped_lock once_flag call_once",
    "new": "align_val_t bad_alloc nothrow launder",
    "numeric": "accumulate iota reduce inner_product partial_sum gcd lcm",
    "optional": "optional nullopt",
    "random": (
        "mt19937 mt19937_64 uniform_real_distribution uniform_int_distribution normal_distribution"
        " random_device"
    ),
    "regex": "regex smatch regex_match regex_search regex_replace",
    "set": "set multiset",
    "span": "span dynamic_extent as_bytes as_writable_bytes",
    "sstream": "ostringstream istringstream stringstream",
    "stdexcept": (
        "runtime_error logic_error invalid_argument out_of_range domain_error length_error"
        " overflow_error"
    ),
    "string": "string to_string stoi stod stoul getline",
    "string_view": "string_view",
    "thread": "thread jthread this_thread",
    "tuple": (
        "tuple make_tuple tie get tuple_size tuple_element tuple_size_v tuple_element_t"
        " forward_as_tuple apply"
    ),
    "type_traits": (
        "is_same_v is_same is_integral_v is_floating_point_v is_trivially_copyable_v is_void_v"
        " is_const_v remove_cvref_t remove_const_t remove_reference_t remove_cv_t conditional_t"
        " decay_t enable_if_t integral_constant bool_constant true_type false_type is_arithmetic_v"
        " is_signed_v is_unsigned_v underlying_type_t invoke_result_t is_invocable_v"
        " is_invocable_r_v type_identity type_identity_t has_unique_object_representations_v"
        " is_aggregate_v is_empty_v is_constant_evaluated common_type_t is_base_of_v"
        " is_convertible_v make_unsigned_t make_signed_t is_default_constructible_v"
        " is_nothrow_move_constructible_v is_copy_constructible_v is_standard_layout_v is_trivial_v"
        " is_enum_v"
    ),
    "unordered_map": "unordered_map",
    "unordered_set": "unordered_set",
    "utility": (
        "pair move forward exchange swap index_sequence make_index_sequence integer_sequence"
        " declval in_range make_integer_sequence index_sequence_for cmp_less cmp_equal"
        " to_underlying as_const unreachable in_place"
    ),
    "variant": "variant visit monostate holds_alternative",
    "vector": "vector",
}
OWNERS, HOME = {}, {}
for _header, _names in HEADERS.items():
    for _name in _names.split():
        OWNERS.setdefault(_name, set()).add(_header)
        HOME.setdefault(_name, _header)
# Names that the standard promises in several headers.
for _name, _also in {
    "get": {"array", "utility", "variant"},
    "swap": {"algorithm"},
    "hash": {"string_view", "string"},
    "tuple_size_v": {"array", "utility"},
    "tuple_size": {"array", "utility"},
    "tuple_element": {"array", "utility"},
    "tuple_element_t": {"array", "utility"},
    "remove": {"algorithm"},
    "move": {"algorithm"},
    "next": {"vector", "string", "array", "map"},
    "prev": {"vector", "string", "array", "map"},
    "distance": {"vector", "string", "array"},
    "getline": {"iostream", "fstream", "sstream"},
    "string": {"sstream"},
    "invoke": {"functional"},
    "min": {"algorithm"},
}.items():
    OWNERS[_name] |= _also
USE = re.compile(r"\bstd\s*::\s*(?:ranges\s*::\s*)?([A-Za-z_]\w*)")
INCLUDE = re.compile(r"^\s*#\s*include\s*<([\w./]+)>", re.M)
# Headers whose names this table knows too little of to call them unused.
NEVER_UNUSED = {
    "iostream",
    "cmath",
    "iterator",
    "type_traits",
    "utility",
    "memory",
    "functional",
    "concepts",
    "exception",
    "cstdlib",
    "new",
    "iomanip",
}


def missing(text):
    """(name, header) of every standard name whose header the text does not include."""
    included, used = set(INCLUDE.findall(text)), set(USE.findall(cpp_text.blank(text)))
    return [
        (word, HOME[word]) for word in sorted(used & OWNERS.keys()) if not OWNERS[word] & included
    ]


def unused(text):
    """The listed standard headers of which the text names nothing."""
    words = set(re.findall(r"[A-Za-z_]\w*", cpp_text.blank(text)))
    candidates = set(INCLUDE.findall(text)) & HEADERS.keys() - NEVER_UNUSED
    return [
        header
        for header in sorted(candidates)
        if not words & {word for word, owners in OWNERS.items() if header in owners}
    ]


def fixed(text):
    """The text with its standard includes mended."""
    for header in unused(text):
        text = re.sub(rf"^[ \t]*#[ \t]*include[ \t]*<{header}>[^\n]*\n", "", text, flags=re.M)
    lines = text.split("\n")
    for header in sorted({header for _, header in missing(text)}):
        standard = [i for i, line in enumerate(lines) if re.match(r"#include <[a-z_]+>", line)]
        anywhere = [
            i for i, line in enumerate(lines) if line.startswith(("#include", "#pragma once"))
        ]
        before = [i for i in standard if lines[i] < f"#include <{header}>"]
        if standard:
            lines.insert(before[-1] + 1 if before else standard[0], f"#include <{header}>")
        else:
            at = anywhere[-1] + 1 if anywhere else 2
            lines[at:at] = ["", f"#include <{header}>"]
    return "\n".join(lines)


def check_file(name, text):
    return [f"{name}: uses std::{word}, include <{header}>" for word, header in missing(text)] + [
        f"{name}: includes <{header}> and uses nothing of it" for header in unused(text)
    ]


def check(root):
    errors = []
    for path in cpp_text.sources(root, "include", "examples"):
        errors += check_file(path.relative_to(root).as_posix(), path.read_text())
    return errors


def fix(root):
    for path in cpp_text.sources(root, "include", "examples"):
        text = path.read_text()
        if fixed(text) != text:
            path.write_text(fixed(text))


if __name__ == "__main__":
    if "--fix" in sys.argv:
        sys.argv.remove("--fix")
        fix(cpp_text.root_argument(sys.argv))
    sys.exit(cpp_text.report("includes", check(cpp_text.root_argument(sys.argv))))
