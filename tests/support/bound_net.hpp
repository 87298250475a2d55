// SPDX-License-Identifier: MIT
// A net as users run it, weights bound by name and views checked, over random numbers.
#pragma once

#include <kiln/kiln.hpp>
#include <kiln/reference/interpret_graph.hpp>
#include <kiln/runtime/contract.hpp>
#include <kiln/tensor/memory.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <support/element_bytes.hpp>
#include <support/tolerance.hpp>
#include <vector>

namespace kiln::test {

/// Random numbers for one tensor: as bytes for a net, in f64 for the oracle.
class random_tensor final {
 public:
  /// Symbols of the type have the given value. A shorter tensor is the beginning of a longer one.
  random_tensor(const tensor::tensor_type& type, std::int64_t symbol, unsigned seed)
      : element_(type.element) {
    reference::symbol_values symbols{};
    symbols.fill(symbol);
    numbers_ = reference::tensor(reference::extents_of(type, symbols));
    bytes_.resize(numbers_.elems() * size_of(element_));
    std::mt19937 engine(seed);
    for (std::size_t i = 0; i < numbers_.elems(); ++i) {
      numbers_.value[i] = random_element(element_, engine);
      write_element(element_, bytes_.data() + i * size_of(element_), numbers_.value[i]);
    }
  }

  [[nodiscard]] const reference::tensor& numbers() const { return numbers_; }
  /// What a net reads or writes.
  [[nodiscard]] tensor::memory memory() const {
    tensor::memory m{};
    m.data = bytes_.data();
    m.element = element_;
    m.elems = static_cast<std::int64_t>(numbers_.elems());
    m.rank = static_cast<std::int8_t>(numbers_.rank());
    m.is_const = false;
    for (std::size_t i = 0; i < numbers_.extents.size(); ++i) m.extents[i] = numbers_.extents[i];
    return m;
  }
  /// What a net has written.
  [[nodiscard]] std::vector<double> read() const {
    std::vector<double> values(numbers_.elems());
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = read_element(element_, bytes_.data() + i * size_of(element_));
    }
    return values;
  }

 private:
  tensor::dtype element_;
  std::vector<char> bytes_;
  reference::tensor numbers_;
};

/// Where a net finds its weights.
struct random_tensors final {
  std::map<std::string, random_tensor, std::less<>> of;

  friend std::optional<tensor::memory> find_weight(const random_tensors& x, std::string_view name) {
    const auto found = x.of.find(name);
    if (found == x.of.end()) return std::nullopt;
    return found->second.memory();
  }
};

/// A net with the given inputs and the result "y". Its numbers depend on the seed only.
template <class Net, core::fixed_string... Inputs>
class bound_net final {
 public:
  explicit bound_net(unsigned seed)
      : seed_(seed),
        tensors_(all<runtime::role::weight>(0)),
        weights_(tensors_) {}

  /// The result for the first `rows` of the dynamic extent, by the calling thread or a team.
  template <class... Executor>
  std::vector<double> run(std::int64_t rows, Executor&... executor) const {
    const random_tensors in = all<runtime::role::input>(rows);
    random_tensor y(runtime::contract_of<Net, runtime::role::output, 0>.type, rows, 0);
    typename Net::context context{weights_, executor...};
    auto to = y.memory();
    const auto argument = [&](std::string_view name) { return in.of.find(name)->second.memory(); };
    run_views(context, to, argument(core::text_of<Inputs>::view)...);
    return y.read();
  }

  /// What the expression means, before any pass.
  [[nodiscard]] reference::tensor meaning(std::int64_t rows) const {
    reference::inputs given;
    for (const auto& [name, t] : tensors_.of) given.tensors[name] = t.numbers();
    for (const auto& [name, t] : all<runtime::role::input>(rows).of) {
      given.tensors[name] = t.numbers();
    }
    return reference::interpret(Net::lowered, given).output();
  }

 private:
  template <class Context, class... Memory>
  static void run_views(Context& context, tensor::memory& y, Memory... in) {
    context.run(Net::template view<Inputs>(in)..., Net::template view<"y">(y));
  }
  template <runtime::role As>
  [[nodiscard]] random_tensors all(std::int64_t rows) const {
    random_tensors found;
    for (int slot = 0; slot < runtime::slots<Net, As>; ++slot) {
      const auto& c = runtime::contracts<Net, As>[static_cast<std::size_t>(slot)];
      const auto own = static_cast<unsigned>(2 * slot + (As == runtime::role::input ? 1 : 0));
      found.of.emplace(std::string(c.name), random_tensor(c.type, rows, 100 * seed_ + own));
    }
    return found;
  }

  unsigned seed_;
  random_tensors tensors_;
  typename Net::weights weights_;
};

/// The first element that is further off than the oracle allows, or none.
inline std::string problem_of(const reference::tensor& expected, const std::vector<double>& found) {
  const comparison c = compare(expected, [&](std::size_t i) { return found[i]; });
  return c.checked > 0 ? c.problem : "the oracle promises nothing";
}

}  // namespace kiln::test
