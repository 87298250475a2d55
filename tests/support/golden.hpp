// SPDX-License-Identifier: MIT
// Texts pinned in files beside a test; KILN_UPDATE_GOLDEN=1 in the environment rewrites them.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace kiln::test {

/// Checks `text` against tests/golden/<name>.txt; `source` is the __FILE__ of the test.
inline void check_golden(const char* source, const std::string& name, const std::string& text) {
  const auto path = std::filesystem::path(source).parent_path() / (name + ".txt");
  if (std::getenv("KILN_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  REQUIRE_MESSAGE(file.good(), "cannot read ", path.string());
  std::stringstream pinned;
  pinned << file.rdbuf();
  INFO("KILN_UPDATE_GOLDEN=1 rewrites ", path.string());
  CHECK(text == pinned.str());
}

}  // namespace kiln::test
