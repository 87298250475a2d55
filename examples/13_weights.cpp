// SPDX-License-Identifier: MIT
// Weights by name from a file or a map. PyTorch keeps a linear layer as [out, in]; that is a
// transposed product, which costs nothing, since weights are packed once.
#include <kiln/io/file.hpp>
#include <kiln/io/safetensors.hpp>
#include <kiln/kiln.hpp>

#include "example.hpp"
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <map>
#include <span>
#include <string>
#include <vector>

using namespace kiln::literals;

// One layer, used three times: repeat<3> calls its weights "0.weight" to "2.bias".
constexpr auto layer = [](auto h) {
  const auto w = kiln::weight<"weight", kiln::f32>(32_c, 32_c);
  const auto b = kiln::weight<"bias", kiln::f32>(32_c);
  return kiln::relu(kiln::matmul<kiln::transposed::b>(h, w) + b);
};
constexpr auto x = kiln::input<"x", kiln::f32>(5_c, 32_c);
constexpr auto y = kiln::repeat<3>(layer, x);
using net = kiln::compile<y>;

// A tensor of a safetensors file.
kiln::io::array array_of(const std::string& name, const std::vector<float>& data) {
  const std::vector<std::size_t> shape =
      data.size() == 32 ? std::vector<std::size_t>{32} : std::vector<std::size_t>{32, 32};
  return {"", name, kiln::io::element_type::f32, shape, std::as_bytes(std::span(data))};
}

int main() {
  std::map<std::string, std::vector<float>> map;
  for (const char* i : {"0", "1", "2"}) {
    const auto seed = static_cast<std::uint32_t>(*i);
    map[std::string(i) + ".weight"] = example::numbers(32 * 32, seed);
    map[std::string(i) + ".bias"] = example::numbers(32, seed + 10);
  }
  const char* path = "13_weights.safetensors";
  std::vector<kiln::io::array> arrays;
  for (const auto& [name, data] : map) arrays.push_back(array_of(name, data));
  const auto more = example::numbers(32, 1);
  arrays.push_back(array_of("optimizer.step", more));  // what the net does not name is left alone
  kiln::io::write_file(path, kiln::io::encode_safetensors(arrays));

  const auto images = example::numbers(5 * 32, 3);
  const auto run = [&](const net::weights& weights) {
    std::vector<float> results(5 * 32);
    net::context context{weights};
    context.run(net::view<"x">(images), net::view<"y">(results));
    return results;
  };
  const auto file = kiln::io::load_safetensors(path);
  const auto from_file = run(net::weights{file});
  std::remove(path);
  const bool same = from_file == run(net::weights{map});
  std::cout << "file and map " << (same ? "agree\n" : "differ\n");

  example::named_data given{{"x", &images}};
  for (const auto& [name, data] : map) given.emplace_back(name, &data);
  return example::compare<net>(given, from_file) + (same ? 0 : 1);
}
