// SPDX-License-Identifier: MIT
// Well-formed npy files of every version; the text of each refusal; thousands of damaged files.
#include <kiln/io/npy.hpp>

#include <doctest/doctest.h>

#include "../../fuzz/io_mutate.hpp"
#include "../../fuzz/io_targets.hpp"
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace io = kiln::io;
using io::element_type;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span{text.data(), text.size()});
}

// A file of this version, header and so many bytes of data: 0, 1, 2, ...
std::string file_of(std::string_view header, std::size_t data_bytes, int version = 1) {
  const auto length = static_cast<std::uint32_t>(header.size());
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  std::string file = "\x93NUMPY";
  file += {static_cast<char>(version), '\0'};
  file.resize(8 + length_bytes);
  std::memcpy(file.data() + 8, &length, length_bytes);
  file += header;
  for (std::size_t i = 0; i < data_bytes; ++i) file += static_cast<char>(i);
  return file;
}

std::string header_of(std::string_view descr, std::string_view shape) {
  return "{'descr': '" + std::string(descr)
         + "', 'fortran_order': False, 'shape': " + std::string(shape) + ", }          \n";
}

// The text that these bytes are refused with; empty where they are accepted.
std::string refusal(std::string_view file) {
  try {
    io::parse_npy(bytes_of(file), "file");
    return {};
  } catch (const kiln::error& e) {
    return e.what();
  }
}
std::string refusal(std::string_view header, std::size_t data_bytes) {
  return refusal(file_of(header, data_bytes));
}

struct temporary final {
  std::string path = (std::filesystem::temp_directory_path()
                      / ("kiln-npy-" + std::to_string(std::random_device{}())))
                         .string();
  ~temporary() { std::filesystem::remove(path); }
};

}  // namespace

TEST_CASE("every version and every shape is read") {
  for (const int version : {1, 2, 3}) {
    const std::string file = file_of(header_of("<i4", "(2, 3)"), 24, version);
    const io::array read = io::parse_npy(bytes_of(file), "file");
    CHECK(read.type == element_type::s32);
    CHECK(read.shape == std::vector<std::size_t>{2, 3});
    CHECK(read.data.data() == bytes_of(file).data() + file.size() - 24);
    CHECK(read.data.size() == 24);
    std::int32_t values[6] = {};
    read.copy_to<std::int32_t>(values);
    CHECK(values[1] == 0x07060504);
  }
  CHECK(refusal(header_of("<f8", "()"), 8).empty());
  CHECK(refusal(header_of("<f8", "(3,)"), 24).empty());
  CHECK(refusal(header_of("<f8", "(0, 3)"), 0).empty());
  CHECK(refusal(header_of("|u1", "(1, 2, 3, )"), 6).empty());
  CHECK(refusal("{'shape':(2,),'fortran_order':False,'descr':'<f2'}", 4).empty());
}

TEST_CASE("every element type that both sides know is read") {
  for (const io::element_info& info : io::element_types) {
    if (info.npy.empty()) continue;
    const std::string descr = (info.bytes == 1 ? "|" : "<") + std::string(info.npy);
    const std::string file = file_of(header_of(descr, "(2,)"), 2 * info.bytes);
    CHECK(io::parse_npy(bytes_of(file)).type == info.type);
  }
  CHECK(refusal(header_of("<u1", "(2,)"), 2).empty());
}

TEST_CASE("what is no such file is refused") {
  CHECK(refusal("") == "file: expected a file that starts with '\\x93NUMPY', found ''");
  CHECK(refusal("PK\x03\x04....") == "file: expected a file that starts with '\\x93NUMPY', found "
                                     "'PK\\x03\\x04..'");
  CHECK(refusal("\x93NUMPY\x01") == "file: expected a version, found the end of the file");
  CHECK(refusal(file_of("{}", 0, 4)) == "file: expected version 1.0, 2.0 or 3.0, found 4.0");
  CHECK(refusal(std::string("\x93NUMPY\x01\x01\x02\0{}", 12))
        == "file: expected version 1.0, 2.0 or 3.0, found 1.1");
  CHECK(refusal(std::string("\x93NUMPY\x01\0\x03\0{}", 12))
        == "file: expected a header of 3 bytes, found 2 bytes left in the file");
  CHECK(refusal(std::string("\x93NUMPY\x02\0\xff\xff\xff\xff{}", 14))
        == "file: expected a header of 4294967295 bytes, found 2 bytes left in the file");
  CHECK(refusal(std::string("\x93NUMPY\x02\0\xff\xff", 10))
        == "file: expected a header of 0 bytes, found 0 bytes left in the file");
}

TEST_CASE("elements that would be misread are refused") {
  CHECK(refusal(header_of(">f4", "(2,)"), 8)
        == "file: expected little-endian elements, found '>f4'");
  constexpr std::string_view wanted = "file: expected elements such as '<f4' or '|i1', found ";
  for (const char* bad :
       {"|O", "<V2", "<c8", "|S3", "<U3", "", "<", "f4", "=f4", "|f4", "<M8[ns]"}) {
    CHECK(refusal(header_of(bad, "(2,)"), 8) == std::string(wanted) + "'" + bad + "'");
  }
  CHECK(
      refusal("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (2,)}", 8)
      == "file: header, byte 10: expected a string in single quotes, found '[('x', '<f4')], 'for'");
  CHECK(refusal("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2)}", 16)
        == "file: expected C order, found Fortran order (save the array through "
           "numpy.ascontiguousarray)");
}

TEST_CASE("shape and bytes must agree, without wrapping around") {
  CHECK(refusal(header_of("<f4", "(2, 3)"), 23)
        == "file: expected 24 bytes for '<f4' [2, 3], found 23 bytes");
  CHECK(refusal(header_of("<f4", "(2, 3)"), 25)
        == "file: expected 24 bytes for '<f4' [2, 3], found 25 bytes");
  CHECK(refusal(header_of("<f4", "(4611686018427387904,)"), 0)
        == "file: expected a size that can be counted for '<f4' [4611686018427387904], found 0 "
           "bytes");
  CHECK(refusal(header_of("|u1", "(4294967296, 4294967296, 0)"), 0)
        == "file: expected a size that can be counted for '|u1' [4294967296, 4294967296, 0], "
           "found 0 bytes");
  const std::string whole = file_of(header_of("<f4", "(2, 3)"), 24);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(!refusal(whole.substr(0, size)).empty());
  }
}

TEST_CASE("headers beyond the format are refused") {
  const std::string rest = "'fortran_order': False, 'shape': (2,)}";
  for (const std::string& bad :
       {std::string{},
        std::string{"{"},
        std::string{"{}"},
        "{'descr': '<f4', " + rest + "x",
        "{'descr': '<f4', " + rest + "}",
        "{'descr': '<f4' " + rest,
        "{'descr': '<\\x664', " + rest,
        "{'descr': '<f4', 'descr': '<f4', " + rest,
        "{'descr': '<f4', 'x': 1, " + rest,
        "{\"descr\": '<f4', " + rest,
        "{'descr': '<f4, " + rest,
        "{'descr' '<f4', " + rest,
        std::string{"{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}"},
        std::string{"{'descr': '<f4', 'fortran_order': False, 'shape': (2)}"},
        std::string{"{'descr': '<f4', 'fortran_order': False, 'shape': [2]}"},
        std::string{"{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}"},
        std::string{"{'descr': '<f4', 'fortran_order': False, 'shape': (,)}"},
        std::string{"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2"},
        std::string{"{'descr': '<f4', 'fortran_order': False, 'shape': ((2,),)}"},
        "{'descr': '<f4', 'fortran_order': False, 'shape': " + std::string(50'000, '(')}) {
    CAPTURE(bad);
    CHECK(refusal(bad, 8).starts_with("file: header, byte "));
  }
  CHECK(refusal("{'descr': '<f4', 'fortran_order': False, 'shape': (2)}", 8)
        == "file: header, byte 52: expected ',', found ')}'");
}

TEST_CASE("what is written is read back, from a file too") {
  const float values[] = {1.0F, -2.5F, 3.0F, 4.0F};
  for (const std::vector<std::size_t>& shape : {std::vector<std::size_t>{4},
                                                std::vector<std::size_t>{2, 2},
                                                std::vector<std::size_t>{1, 1, 4, 1}}) {
    const io::array wanted{.source = {},
                           .name = {},
                           .type = element_type::f32,
                           .shape = shape,
                           .data = std::as_bytes(std::span{values})};
    const auto bytes = io::encode_npy(wanted);
    CHECK((bytes.size() - wanted.data.size()) % 64 == 0);
    const temporary file;
    io::write_file(file.path, bytes);
    io::npy first = io::load_npy(file.path);
    const io::npy read = std::move(first);  // moving does not move the bytes
    CHECK(read.content.source == file.path);
    CHECK(read.content.shape == shape);
    CHECK(read.content.values<float>().size() == 4);
    CHECK(read.content.values<float>()[1] == -2.5F);
  }
  const float one = 5.0F;
  const io::array scalar{.source = {},
                         .name = {},
                         .type = element_type::f32,
                         .shape = {},
                         .data = std::as_bytes(std::span{&one, 1})};
  const auto bytes = io::encode_npy(scalar);
  CHECK(io::parse_npy(bytes).shape.empty());
  const std::uint16_t bits = 0;
  const io::array brain{.source = {},
                        .name = {},
                        .type = element_type::bf16,
                        .shape = {1},
                        .data = std::as_bytes(std::span{&bits, 1})};
  CHECK_THROWS_WITH_AS(
      io::encode_npy(brain), "npy: expected a type that numpy knows, found BF16", kiln::error);
  const io::array deep{.source = {},
                       .name = {},
                       .type = element_type::f32,
                       .shape = std::vector<std::size_t>(30'000, 1),
                       .data = std::as_bytes(std::span{&one, 1})};
  CHECK_THROWS_WITH_AS(
      io::encode_npy(deep), "npy: expected a header below 64 KiB, found a longer one", kiln::error);
}

TEST_CASE("damaged files are refused or sound, never read past their end") {
  constexpr std::uint64_t seed = 20'240'602;
  constexpr int rounds = 20'000;
  MESSAGE("seed ", seed);
  fuzz::mutator damage{seed};
  const std::string whole[] = {file_of(header_of("<f4", "(2, 3)"), 24),
                               file_of(header_of("|b1", "(4,)"), 4, 2),
                               file_of(header_of("<i8", "()"), 8, 3)};
  for (const std::string& file : whole) REQUIRE(fuzz::npy(bytes_of(file)));
  int accepted = 0;
  for (int i = 0; i < rounds; ++i) {
    const std::size_t which = damage.below(3);
    accepted += fuzz::npy(bytes_of(damage(whole[which], 8, which == 0 ? 2 : 4)));
  }
  // Both sides of the target must be reached, or the loop tests nothing.
  CHECK(accepted > rounds / 100);
  CHECK(accepted < rounds / 2);
}
