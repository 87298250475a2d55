// SPDX-License-Identifier: MIT
// Files come back as they were written; what cannot be read or written is named.
#include <kiln/io/file.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace io = kiln::io;

static_assert(!std::is_copy_constructible_v<io::file_bytes>);
static_assert(std::is_nothrow_move_constructible_v<io::file_bytes>);

namespace {

// A path that no other test, and no other run of this one, uses.
struct temporary final {
  std::string path = (std::filesystem::temp_directory_path()
                      / ("kiln-io-" + std::to_string(std::random_device{}())))
                         .string();
  ~temporary() { std::filesystem::remove(path); }
};

}  // namespace

TEST_CASE("a file is read back as it was written") {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{100'003}}) {
    const temporary file;
    std::vector<std::byte> bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 7 + i / 251);
    io::write_file(file.path, bytes);
    io::file_bytes read = io::read_file(file.path);
    REQUIRE(read.bytes().size() == size);
    CHECK((size == 0 || std::memcmp(read.bytes().data(), bytes.data(), size) == 0));
    CHECK(reinterpret_cast<std::uintptr_t>(read.bytes().data()) % 64 == 0);
    const std::byte* const before = read.bytes().data();
    CHECK(std::move(read).bytes().data() == before);
  }
}

TEST_CASE("what cannot be read or written is named") {
  CHECK_THROWS_WITH_AS(io::read_file("no/such.file"),
                       "no/such.file: cannot be opened: No such file or directory",
                       kiln::error);
  CHECK_THROWS_WITH_AS(io::read_file("."), ".: cannot be read: Is a directory", kiln::error);
  CHECK_THROWS_WITH_AS(io::write_file("no/such.file", {}),
                       "no/such.file: cannot be opened: No such file or directory",
                       kiln::error);
  if (std::filesystem::exists("/dev/full")) {
    CHECK_THROWS_WITH_AS(io::write_file("/dev/full", std::vector<std::byte>(10)),
                         "/dev/full: cannot be written: No space left on device",
                         kiln::error);
  }
}
