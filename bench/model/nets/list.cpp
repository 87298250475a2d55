// SPDX-License-Identifier: MIT
// Finds a net by its name.
#include <bench/model/nets/list.hpp>

std::unique_ptr<bench::any_net> bench::make_net(
    std::string_view name, dtype element, int batch, const named_weights& w, const net_place& at) {
  static constexpr struct {
    std::string_view name;
    dtype element;
    net_maker* make;
  } all[] = {{"digits", dtype::f32, make_digits_f32},
             {"mlp_1", dtype::f32, make_mlp_1_f32},
             {"mlp_1", dtype::bf16, make_mlp_1_bf16},
             {"mlp_1", dtype::u8, make_mlp_1_u8},
             {"mlp_2", dtype::f32, make_mlp_2_f32},
             {"mlp_2", dtype::bf16, make_mlp_2_bf16},
             {"mlp_2", dtype::u8, make_mlp_2_u8}};
  for (const auto& one : all) {
    if (one.name == name && one.element == element) return one.make(batch, w, at);
  }
  return nullptr;
}
