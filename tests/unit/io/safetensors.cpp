// SPDX-License-Identifier: MIT
// Well-formed safetensors files; the text of each refusal; thousands of damaged files.
#include <kiln/io/safetensors.hpp>

#include <doctest/doctest.h>

#include "../../fuzz/io_mutate.hpp"
#include "../../fuzz/io_targets.hpp"
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace io = kiln::io;
using io::element_type;

static_assert(std::is_move_constructible_v<io::safetensors>);
static_assert(!std::is_copy_constructible_v<io::safetensors>);

namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span{text.data(), text.size()});
}

// A file of this header and so many bytes of data: 0, 1, 2, ...
std::string file_of(std::string_view header, std::size_t data_bytes) {
  const std::uint64_t length = header.size();
  std::string file(8, '\0');
  std::memcpy(file.data(), &length, 8);
  file += header;
  for (std::size_t i = 0; i < data_bytes; ++i) file += static_cast<char>(i);
  return file;
}

// The text that a file of this header is refused with; empty where it is accepted.
std::string refusal(std::string_view file) {
  try {
    io::parse_safetensors(bytes_of(file), "file");
    return {};
  } catch (const kiln::error& e) {
    return e.what();
  }
}
std::string refusal(std::string_view header, std::size_t data_bytes) {
  return refusal(file_of(header, data_bytes));
}

// What the reference implementation writes for {"a": f32 [2, 3], "b": u8 [1]} with metadata.
constexpr std::string_view reference_header =
    R"({"__metadata__":{"x":"y"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},)"
    R"("b":{"dtype":"U8","shape":[1],"data_offsets":[24,25]}}       )";

struct temporary final {
  std::string path = (std::filesystem::temp_directory_path()
                      / ("kiln-safetensors-" + std::to_string(std::random_device{}())))
                         .string();
  ~temporary() { std::filesystem::remove(path); }
};

}  // namespace

TEST_CASE("tensors are listed by name, found, and hold their bytes") {
  const std::string file = file_of(reference_header, 25);
  const io::safetensors read = io::parse_safetensors(bytes_of(file), "file");
  REQUIRE(read.tensors().size() == 2);
  CHECK(read.tensors()[0].name == "a");
  CHECK(read.tensors()[1].name == "b");
  const io::array& a = read.at("a");
  CHECK(a.type == element_type::f32);
  CHECK(a.shape == std::vector<std::size_t>{2, 3});
  CHECK(a.data.data() == bytes_of(file).data() + file.size() - 25);
  CHECK(a.data.size() == 24);
  CHECK(static_cast<int>(read.at("b").data[0]) == 24);
  CHECK(read.find("c") == nullptr);
  CHECK(*read.metadata("x") == "y");
  CHECK(read.metadata("z") == nullptr);
  CHECK_THROWS_WITH_AS(read.at("c"), "file: expected a tensor 'c', found 'a', 'b'", kiln::error);
}

TEST_CASE("scalars, empty tensors, no tensors, any order of entries and of keys") {
  CHECK(refusal("{}", 0).empty());
  CHECK(refusal(R"({"s":{"dtype":"F64","shape":[],"data_offsets":[0,8]}})", 8).empty());
  CHECK(refusal(R"({"e":{"dtype":"F32","shape":[0,5],"data_offsets":[4,4]},)"
                R"("s":{"data_offsets":[0,4],"shape":[1],"dtype":"I32"}})",
                4)
            .empty());
  CHECK(refusal(R"({ "e" : { "dtype" : "F32" , "shape" : [ ] , "data_offsets" : [ 0 , 4 ] } } )", 4)
            .empty());
  CHECK(refusal(R"({"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]},)"
                R"("a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
                3)
            .empty());
  CHECK_THROWS_WITH_AS(io::parse_safetensors(bytes_of(file_of("{}", 0)), "file").at("w"),
                       "file: expected a tensor 'w', found no tensor",
                       kiln::error);
}

TEST_CASE("a misaligned tensor is read by copy") {
  const std::string file = file_of(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                                   R"("w":{"dtype":"I32","shape":[1],"data_offsets":[1,5]}})",
                                   5);
  const io::safetensors read = io::parse_safetensors(bytes_of(file));
  std::int32_t value = 0;
  read.at("w").copy_to(std::span{&value, 1});
  CHECK(value == 0x04030201);
}

TEST_CASE("a file that is not as long as it says is refused") {
  CHECK(refusal("") == "file: expected at least 8 bytes, found 0");
  CHECK(refusal("1234567") == "file: expected at least 8 bytes, found 7");
  CHECK(refusal(std::string("\x03\0\0\0\0\0\0\0{}", 10))
        == "file: expected a header of 3 bytes, found 2 bytes left in the file");
  CHECK(refusal(std::string(8, '\xff') + "{}")
        == "file: expected a header of 18446744073709551615 bytes, found 2 bytes left in the file");
  CHECK(refusal(R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 7)
        == "file: tensor 'w': expected data_offsets within [0, 7], found [0, 8]");
  CHECK(refusal(R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 9)
        == "file: tensors leave bytes behind the last tensor: expected the next at byte 8 of the "
           "data, found byte 9");
  CHECK(refusal("{}", 1)
        == "file: tensors leave bytes behind the last tensor: expected the next at byte 0 of the "
           "data, found byte 1");
  for (std::size_t size = 0; size < reference_header.size() + 33; ++size) {
    CAPTURE(size);
    CHECK(!refusal(file_of(reference_header, 25).substr(0, size)).empty());
  }
}

TEST_CASE("shape and bytes must agree, without wrapping around") {
  CHECK(refusal(R"({"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,20]}})", 20)
        == "file: tensor 'w': expected 24 bytes for F32 [2, 3], found 20 bytes");
  CHECK(refusal(R"({"w":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}})", 0)
        == "file: tensor 'w': expected a size that can be counted for F32 [4611686018427387904], "
           "found 0 bytes");
  CHECK(refusal(R"({"w":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", 0)
        == "file: tensor 'w': expected a size that can be counted for U8 "
           "[4294967296, 4294967296], found 0 bytes");
  CHECK(refusal(R"({"w":{"dtype":"U8","shape":[0,9223372036854775807,3],"data_offsets":[0,0]}})", 0)
        == "file: tensor 'w': expected a size that can be counted for U8 "
           "[0, 9223372036854775807, 3], found 0 bytes");
  CHECK(refusal(R"({"w":{"dtype":"U8","shape":[18446744073709551616],"data_offsets":[0,0]}})", 0)
        == "file: header, byte 28: expected an integer from 0 to 2^64 - 1, found "
           "'18446744073709551616'");
  CHECK(refusal(R"({"w":{"dtype":"F99","shape":[1],"data_offsets":[0,1]}})", 1)
        == "file: tensor 'w': expected a dtype such as F32, F16, BF16, I8 or U8, found 'F99'");
}

TEST_CASE("offsets out of order, overlaps and gaps are refused") {
  CHECK(refusal(R"({"w":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}})", 1)
        == "file: tensor 'w': expected data_offsets within [0, 1], found [1, 0]");
  CHECK(refusal(R"({"w":{"dtype":"U8","shape":[1],"data_offsets":[18446744073709551615,0]}})", 1)
        == "file: tensor 'w': expected data_offsets within [0, 1], found "
           "[18446744073709551615, 0]");
  CHECK(refusal(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
                R"("b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}})",
                6)
        == "file: tensors overlap: expected the next at byte 4 of the data, found byte 2");
  CHECK(refusal(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
                R"("b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})",
                4)
        == "file: tensors overlap: expected the next at byte 4 of the data, found byte 0");
  CHECK(refusal(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                R"("b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}})",
                3)
        == "file: tensors leave a gap: expected the next at byte 1 of the data, found byte 2");
}

TEST_CASE("a name stands once, escaped or not") {
  CHECK(refusal(R"({"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                R"("\u0077":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})",
                2)
        == "file: expected each name once, found 'w' twice");
  CHECK(refusal(R"({"__metadata__":{},"__metadata__":{}})", 0)
        == "file: header, byte 34: expected one '__metadata__' only, found '{}}'");
}

TEST_CASE("JSON beyond the format is refused") {
  constexpr std::string_view twice = "'dtype', 'shape' and 'data_offsets', each once";
  for (const char* bad : {"",
                          "[",
                          "null",
                          "{",
                          "}",
                          "{]",
                          "{,}",
                          "{}x",
                          "{}{}",
                          " {}",
                          "\n{}",
                          R"({"w"})",
                          R"({"w":})",
                          R"({"w":1})",
                          R"({"w":[]})",
                          R"({"w":null})",
                          R"({"w":{}})",
                          R"({w:{}})",
                          R"({'w':{}})",
                          R"({"__metadata__":{"a":1}})",
                          R"({"__metadata__":{"a":{}}})",
                          R"({"__metadata__":[]})",
                          R"({"__metadata__":{"a":"b",}})",
                          R"({"__metadata__":{},})",
                          R"({"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},})",
                          R"({"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0],}})",
                          R"({"w":{"dtype":"U8","shape":[[0]],"data_offsets":[0,0]}})",
                          R"({"w":{"dtype":"U8","shape":[0.0],"data_offsets":[0,0]}})",
                          R"({"w":{"dtype":"U8","shape":[-0],"data_offsets":[0,0]}})",
                          R"({"w":{"dtype":"U8","shape":"0","data_offsets":[0,0]}})",
                          R"({"w":{"dtype":1,"shape":[0],"data_offsets":[0,0]}})",
                          "{\"w\xff\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}"}) {
    CAPTURE(bad);
    CHECK(refusal(bad, 0).starts_with("file: header, byte "));
  }
  for (const char* bad : {R"({"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"extra":1}})",
                          R"({"w":{"dtype":"U8","dtype":"U8","shape":[0],"data_offsets":[0,0]}})",
                          R"({"w":{"dtype":"U8","shape":[0]}})",
                          R"({"w":{"shape":[0],"data_offsets":[0,0]}})",
                          R"({"w":{"dtype":"U8","shape":[0],"data_offsets":[]}})",
                          R"({"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0,0]}})"}) {
    CAPTURE(bad);
    CHECK(refusal(bad, 0).find(twice) != std::string::npos);
  }
  std::string deep = R"({"w":{"dtype":"U8","shape":)" + std::string(1'000'000, '[');
  CHECK(refusal(deep, 0) == "file: header, byte 28: expected an integer from 0 to 2^64 - 1, found "
                            "'[[[[[[[[[[[[[[[[[[[['");
}

TEST_CASE("every header length that is a lie is refused") {
  std::string file = file_of(reference_header, 25);
  for (std::uint64_t length = 0; length < 300; ++length) {
    if (length == reference_header.size()) continue;
    std::memcpy(file.data(), &length, 8);
    CAPTURE(length);
    CHECK(!refusal(file).empty());
  }
}

TEST_CASE("many tensors cost no more than sorting them") {
  constexpr std::size_t count = 100'000;
  std::string header = "{";
  for (std::size_t i = 0; i < count; ++i) {
    header += (i == 0 ? "\"" : ",\"") + std::to_string(i * 7919 % count)
              + R"(":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
  }
  const std::string file = file_of(header + "}", 0);
  const io::safetensors read = io::parse_safetensors(bytes_of(file));
  CHECK(read.tensors().size() == count);
  CHECK(read.find("54321") != nullptr);
}

TEST_CASE("what is written is read back, from a file too") {
  const float w[] = {1.0F, -2.5F, 3.0F};
  const std::uint8_t u[] = {7};
  const io::array arrays[] = {
      {.source = {},
       .name = "u \"\n",
       .type = element_type::u8,
       .shape = {},
       .data = std::as_bytes(std::span{u})},
      {.source = {},
       .name = "w",
       .type = element_type::f32,
       .shape = {1, 3},
       .data = std::as_bytes(std::span{w})},
      {.source = {}, .name = "none", .type = element_type::bf16, .shape = {0, 4}, .data = {}}};
  const temporary file;
  io::write_file(file.path, io::encode_safetensors(arrays));
  io::safetensors first = io::load_safetensors(file.path);
  const io::safetensors read = std::move(first);  // moving does not move the bytes
  REQUIRE(read.tensors().size() == 3);
  for (const io::array& wanted : arrays) {
    const io::array& found = read.at(wanted.name);
    CHECK(found.source == file.path);
    CHECK(found.type == wanted.type);
    CHECK(found.shape == wanted.shape);
    REQUIRE(found.data.size() == wanted.data.size());
    CHECK((wanted.data.empty()
           || std::memcmp(found.data.data(), wanted.data.data(), wanted.data.size()) == 0));
  }
  CHECK_THROWS_AS(io::load_safetensors("no/such.safetensors"), kiln::error);
}

TEST_CASE("the files of the digits example hold a net that reads digits") {
  const std::string folder = KILN_SOURCE_DIR "/examples/data/";
  const io::safetensors net = io::load_safetensors(folder + "digits.safetensors");
  const io::safetensors test = io::load_safetensors(folder + "digits_test.safetensors");
  const auto w1 = net.at("w1").values<float>();                  // [64, 64]
  const auto b1 = net.at("b1").values<float>();                  // [64]
  const auto w2 = net.at("w2").values<float>();                  // [64, 10]
  const auto b2 = net.at("b2").values<float>();                  // [10]
  const auto images = test.at("images").values<std::uint8_t>();  // [360, 64]
  const auto labels = test.at("labels").values<std::uint8_t>();  // [360]
  REQUIRE(net.at("w1").shape == std::vector<std::size_t>{64, 64});
  REQUIRE(net.at("w2").shape == std::vector<std::size_t>{64, 10});
  REQUIRE(test.at("images").shape == std::vector<std::size_t>{360, 64});
  int right = 0;
  for (std::size_t b = 0; b < labels.size(); ++b) {
    float logits[10];
    std::copy(b2.begin(), b2.end(), logits);
    for (std::size_t n = 0; n < 64; ++n) {
      float hidden = b1[n];
      for (std::size_t k = 0; k < 64; ++k) {
        hidden += static_cast<float>(images[b * 64 + k]) / 16 * w1[k * 64 + n];
      }
      for (std::size_t d = 0; d < 10; ++d) logits[d] += std::max(hidden, 0.0F) * w2[n * 10 + d];
    }
    right += std::max_element(logits, logits + 10) - logits == labels[b];
  }
  CHECK(right == 352);  // what numpy counted when the net was trained
}

TEST_CASE("damaged files are refused or sound, never read past their end") {
  constexpr std::uint64_t seed = 20'240'601;
  constexpr int rounds = 20'000;
  MESSAGE("seed ", seed);
  fuzz::mutator damage{seed};
  const std::string whole[] = {
      file_of(reference_header, 25),
      file_of("{}", 0),
      file_of(R"({"\u0061":{"dtype":"BF16","shape":[1,2,1],"data_offsets":[8,12]},)"
              R"("b":{"dtype":"I64","shape":[],"data_offsets":[0,8]},)"
              R"("c":{"dtype":"BOOL","shape":[0],"data_offsets":[12,12]}})",
              12)};
  for (const std::string& file : whole) REQUIRE(fuzz::safetensors(bytes_of(file)));
  int accepted = 0;
  for (int i = 0; i < rounds; ++i) {
    accepted += fuzz::safetensors(bytes_of(damage(whole[damage.below(3)], 0, 8)));
  }
  // Both sides of the target must be reached, or the loop tests nothing.
  CHECK(accepted > rounds / 100);
  CHECK(accepted < rounds / 2);
}
