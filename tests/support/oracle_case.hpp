// SPDX-License-Identifier: MIT
// Reads tests/data/cases.txt: one operator each, with inputs and results that kiln did not compute.
#pragma once

#include <kiln/core/error.hpp>
#include <kiln/io/safetensors.hpp>
#include <kiln/reference/interpret_graph.hpp>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kiln::test {

/// One line of cases.txt.
struct oracle_case final {
  using named_ints = std::map<std::string, std::vector<std::string>, std::less<>>;
  std::string name;
  std::string op;
  std::string file;
  std::vector<std::string> inputs;
  std::string output;
  double absolute = 0;
  double relative = 0;
  named_ints integers;
  std::vector<float> scalars;
};

/// An operator as a graph, with what goes in and what must come out.
struct oracle_graph final {
  graph::graph<16> g{};
  reference::inputs in;
  reference::tensor expected;
};

namespace detail {

inline std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

inline oracle_case parse_case(const std::string& line) {
  const std::vector<std::string> fields = split(line, ' ');
  oracle_case c{fields.at(0), fields.at(1), {}, {}, {}, 0, 0, {}, {}};
  for (std::size_t i = 2; i < fields.size(); ++i) {
    const std::size_t equals = fields[i].find('=');
    const std::string key = fields[i].substr(0, equals);
    const std::string value = fields[i].substr(equals + 1);
    const std::string tensor = value.substr(0, value.find('['));
    if (key == "file")
      c.file = value;
    else if (key == "in")
      c.inputs.push_back(tensor);
    else if (key == "out")
      c.output = tensor;
    else if (key == "abs")
      c.absolute = std::stod(value);
    else if (key == "rel")
      c.relative = std::stod(value);
    else if (key.starts_with("int:"))
      c.integers[key.substr(4)] = split(value, ',');
    else if (key.starts_with("scalar:"))
      c.scalars.push_back(std::stof(value));
    else
      core::raise("cases.txt: unknown field '" + fields[i] + "'");
  }
  return c;
}

inline kiln::tensor::dtype dtype_of(io::element_type type) {
  switch (type) {
    case io::element_type::bf16:
      return bf16;
    case io::element_type::f16:
      return f16;
    case io::element_type::s32:
      return s32;
    case io::element_type::s8:
      return s8;
    case io::element_type::u8:
      return u8;
    default:
      return f32;
  }
}

inline kiln::tensor::tensor_type type_of(const io::array& a) {
  kiln::tensor::tensor_type t{dtype_of(a.type), static_cast<std::int8_t>(a.shape.size()), {}};
  for (int i = 0; i < t.rank; ++i) {
    t[i].factor = static_cast<std::int32_t>(a.shape[static_cast<std::size_t>(i)]);
  }
  return t;
}

inline reference::tensor values_of(const io::array& a) {
  reference::tensor t(reference::extents_list(a.shape.begin(), a.shape.end()));
  if (a.type == io::element_type::s32) {  // f32 would round large ones
    std::vector<std::int32_t> whole(t.elems());
    a.copy_to<std::int32_t>(whole);
    for (std::size_t i = 0; i < whole.size(); ++i) t.value[i] = static_cast<double>(whole[i]);
    return t;
  }
  std::vector<float> single(t.elems());
  a.copy_f32(single);
  for (std::size_t i = 0; i < single.size(); ++i) t.value[i] = static_cast<double>(single[i]);
  return t;
}

inline op::kind kind_named(std::string_view name) {
  const auto& rows = op::detail::table<op::registry>::rows;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].name == name) return static_cast<op::kind>(i);
  }
  core::raise("cases.txt: there is no operator '" + std::string(name) + "'");
}

/// The members of the operator's attributes, in order.
inline std::vector<std::string> attribute_names(std::string_view op) {
  if (op == "matmul") return {"transpose_a", "transpose_b"};
  if (op == "conv2d") {
    return {"stride_h",
            "stride_w",
            "top",
            "left",
            "bottom",
            "right",
            "dilation_h",
            "dilation_w",
            "groups"};
  }
  if (op == "max_pool" || op == "avg_pool") {
    return {"window_h",
            "window_w",
            "stride_h",
            "stride_w",
            "top",
            "left",
            "bottom",
            "right",
            "count_include_pad"};
  }
  if (op.starts_with("reduce_")) return {"axes", "keep"};
  if (op == "softmax" || op == "log_softmax" || op == "concat") return {"axis"};
  if (op == "slice") return {"axis", "begin", "end", "step"};
  if (op == "cast") return {"element"};
  if (op == "grouped_matmul") return {"bits", "group"};
  return {};
}

inline std::int32_t word_of(const std::string& name, const std::vector<std::string>& values) {
  if (name == "axes") {
    std::int32_t mask = 0;
    for (const auto& axis : values) mask |= 1 << std::stoi(axis);
    return mask;
  }
  if (name == "element") {
    for (int i = 0;; ++i) {
      const auto type = static_cast<kiln::tensor::dtype>(i);
      if (kiln::tensor::name_of(type) == values.at(0)) return i;
    }
  }
  return std::stoi(values.at(0));
}

inline op::attribute_words words_of(const oracle_case& c) {
  op::attribute_words words{};
  if (c.op == "transpose") {
    const auto& order = c.integers.at("order");
    for (std::size_t i = 0; i < order.size(); ++i) words[i] = std::stoi(order[i]);
    return words;
  }
  const std::vector<std::string> names = attribute_names(c.op);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto given = c.integers.find(names[i]);
    if (given == c.integers.end()) core::raise("cases.txt: " + c.name + " lacks " + names[i]);
    words[i] = word_of(names[i], given->second);
  }
  return words;
}

class graph_of_case final {
 public:
  graph_of_case(const oracle_case& c, const io::safetensors& file)
      : case_(c),
        file_(file) {}

  oracle_graph make() {
    std::vector<int> operands;
    for (const auto& name : case_.inputs) operands.push_back(add_input(name));
    for (const float value : case_.scalars) operands.push_back(add_scalar(value));
    const io::array& out = file_.at(case_.output);
    result_.expected = values_of(out);
    add_result(operands, type_of(out));
    result_.g.outputs[0] = {static_cast<std::int16_t>(result_.g.size - 1), "y"};
    result_.g.output_count = 1;
    return std::move(result_);
  }

 private:
  using type = kiln::tensor::tensor_type;

  int add_input(const std::string& name) {
    const io::array& a = file_.at(name);
    graph::node n{};
    n.kind = op::kind_of<op::input_op>;
    n.type = type_of(a);
    n.name = a.name;
    n.slot = inputs_++;
    result_.in.tensors.emplace(name, values_of(a));
    return result_.g.push(n);
  }

  int add_scalar(float value) {
    graph::node n{};
    n.kind = op::kind_of<op::constant_op>;
    n.value = value;
    return result_.g.push(n);
  }

  int add(std::string_view op, const op::attribute_words& words, const std::vector<int>& operands) {
    graph::node n{};
    n.kind = kind_named(op);
    n.attributes = words;
    std::vector<type> types;
    for (const int o : operands) {
      types.push_back(result_.g[o].type);
      n.operands[static_cast<std::size_t>(n.count++)] = static_cast<std::int16_t>(o);
    }
    const op::inferred r = n.facts().infer(words, {types.data(), static_cast<int>(types.size())});
    if (r.what != op::mistake::none) core::raise("cases.txt: " + case_.name + " is refused");
    n.type = r.type;
    return result_.g.push(n);
  }

  int reshape(int x, const type& to) {
    const int n = add("reshape", {}, {x});
    const op::inferred r = op::reshape_op::check(result_.g[x].type, to);
    if (r.what != op::mistake::none) core::raise("cases.txt: " + case_.name + " is refused");
    result_.g[n].type = to;
    return n;
  }

  /// [..., w, c] and [s, c, f] as images and filters of height 1.
  static type with_height(const type& t, int axis) {
    type r{t.element, static_cast<std::int8_t>(t.rank + 1), {}};
    for (int i = 0; i < t.rank; ++i) r[i < axis ? i : i + 1] = t[i];
    return r;
  }

  /// What a quantized_matmul quantises, and how.
  std::vector<int> scaled(const std::vector<int>& x) {
    const int a = add("dequantize", {}, {x.at(0), x.at(1), x.at(2)});
    const int b = add("dequantize", {}, {x.at(3), x.at(4), x.at(5)});
    return {add("matmul", {}, {a, b}), x.at(6), x.at(7)};
  }

  void add_result(const std::vector<int>& operands, const type& out) {
    const auto word = [&](const char* name) { return word_of(name, case_.integers.at(name)); };
    if (case_.op == "reshape") {
      reshape(operands[0], out);
    } else if (case_.op == "conv1d") {
      const int x = reshape(operands[0], with_height(result_.g[operands[0]].type, 1));
      const int w = reshape(operands[1], with_height(result_.g[operands[1]].type, 0));
      const int y = add("conv2d",
                        {1,
                         word("stride"),
                         0,
                         word("left"),
                         0,
                         word("right"),
                         1,
                         word("dilation"),
                         word("groups")},
                        {x, w});
      reshape(y, out);
    } else if (case_.op.starts_with("global_")) {
      add(case_.op == "global_avg_pool" ? "reduce_mean" : "reduce_max", {0b0110, 1}, operands);
    } else if (case_.op == "quantize" || case_.op == "quantized_matmul") {
      const bool product = case_.op == "quantized_matmul";
      add("cast", {word("element")}, {add("quantize", {}, product ? scaled(operands) : operands)});
    } else {
      add(case_.op, words_of(case_), operands);
    }
    if (!(result_.g[result_.g.size - 1].type == out)) {
      core::raise("cases.txt: " + case_.name + " has another type than inferred");
    }
  }

  const oracle_case& case_;
  const io::safetensors& file_;
  oracle_graph result_;
  std::int16_t inputs_ = 0;
};

}  // namespace detail

/// The cases of a cases.txt.
///
/// @errors  kiln::error: no such file, a field that is not understood
inline std::vector<oracle_case> read_cases(const std::string& path) {
  std::ifstream file(path);
  if (!file) core::raise("cannot read " + path);
  std::vector<oracle_case> cases;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line[0] != '#') cases.push_back(detail::parse_case(line));
  }
  return cases;
}

/// The case as a graph; names of its inputs are those of tensors in the file, which must outlive
/// it.
///
/// @errors  kiln::error: a tensor is missing, or the shape rule refuses or infers another type
inline oracle_graph graph_of(const oracle_case& c, const io::safetensors& file) {
  return detail::graph_of_case(c, file).make();
}

}  // namespace kiln::test
