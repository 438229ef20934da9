#include <algorithm>
#include <cctype>
#include <map>
#include <stdexcept>

#include "support/reference_executor.hpp"

namespace pellucid::tests {
namespace {

Outputs matmul(const Call& call) {
  TensorD a = call.in(0), b = call.in(1);
  const bool row = a.rank() == 1, column = b.rank() == 1;
  if (row) a.shape.insert(a.shape.begin(), 1);
  if (column) b.shape.push_back(1);
  Shape shape = broadcast_shape(Shape(a.shape.begin(), a.shape.end() - 2), Shape(b.shape.begin(), b.shape.end() - 2));
  const std::size_t batch_rank = shape.size();
  shape.push_back(a.shape[a.rank() - 2]);
  shape.push_back(b.shape.back());
  const std::int64_t inner = a.shape.back();
  if (b.shape[b.rank() - 2] != inner) throw std::logic_error("MatMul: inner sizes differ");
  TensorD out = filled(shape, 0);
  for_each_index(shape, [&](const Shape& index) {
    for (std::int64_t k = 0; k < inner; ++k) {
      Shape left = index, right = index;
      left[batch_rank + 1] = k;
      right[batch_rank] = k;
      // an inner axis of size 1 is read at 0 by k = 0 itself
      element(out, index) += a.data[broadcast_offset(a.shape, left)] * b.data[broadcast_offset(b.shape, right)];
    }
  });
  if (column) out.shape.pop_back();
  if (row) out.shape.erase(out.shape.end() - (column ? 1 : 2));
  return {out};
}

Outputs gemm(const Call& call) {
  const TensorD &a = call.in(0), &b = call.in(1);
  const bool ta = call.attribute("transA", 0) != 0, tb = call.attribute("transB", 0) != 0;
  const double alpha = call.real("alpha", 1), beta = call.real("beta", 1);
  const std::int64_t rows = a.shape[ta ? 1 : 0], inner = a.shape[ta ? 0 : 1], columns = b.shape[tb ? 0 : 1];
  if (b.shape[tb ? 1 : 0] != inner) throw std::logic_error("Gemm: inner sizes differ");
  TensorD out = filled({rows, columns}, 0);
  for_each_index(out.shape, [&](const Shape& at) {
    double sum = 0;
    for (std::int64_t k = 0; k < inner; ++k)
      sum += element(a, ta ? Shape{k, at[0]} : Shape{at[0], k}) * element(b, tb ? Shape{at[1], k} : Shape{k, at[1]});
    element(out, at) = alpha * sum;
    if (call.has(2)) element(out, at) += beta * call.in(2).data[broadcast_offset(call.in(2).shape, at)];
  });
  return {out};
}

/// Sums over every assignment of numbers to the letters.
Outputs einsum(const Call& call) {
  std::string equation = call.text("equation", "");
  equation.erase(std::remove(equation.begin(), equation.end(), ' '), equation.end());
  const std::size_t arrow = equation.find("->");
  std::vector<std::string> operands{""};
  for (const char c : equation.substr(0, arrow)) {
    if (c == ',')
      operands.emplace_back();
    else
      operands.back() += c;
  }
  std::string result;
  if (arrow != std::string::npos) {
    result = equation.substr(arrow + 2);
  } else {
    // what the definition implies: "..." and then the letters that stand once, sorted
    if (equation.find('.') != std::string::npos) result = "...";
    for (char c = 'A'; c <= 'z'; ++c)
      if (std::isalpha(static_cast<unsigned char>(c)) != 0 && std::count(equation.begin(), equation.end(), c) == 1)
        result += c;
  }
  // The axes of "...", counted from the last one, are called 0, 1, 2, ...
  std::size_t widest = 0;
  const auto name_hidden = [](std::string& text, std::size_t count) {
    const std::size_t at = text.find("...");
    if (at == std::string::npos) return;
    std::string names;
    for (std::size_t n = count; n-- > 0;) names += static_cast<char>('0' + n);
    text.replace(at, 3, names);
  };
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (operands[i].find('.') == std::string::npos) continue;
    const std::size_t count = call.in(i).rank() - (operands[i].size() - 3);
    widest = std::max(widest, count);
    name_hidden(operands[i], count);
  }
  name_hidden(result, widest);
  std::string letters;
  std::map<char, std::int64_t> sizes;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    for (std::size_t axis = 0; axis < operands[i].size(); ++axis) {
      const auto [at, fresh] = sizes.emplace(operands[i][axis], call.in(i).shape.at(axis));
      if (fresh) letters += operands[i][axis];
      at->second = std::max(at->second, call.in(i).shape.at(axis));
    }
  }
  Shape all, out_shape;
  for (const char c : letters) all.push_back(sizes.at(c));
  for (const char c : result) out_shape.push_back(sizes.at(c));
  const auto pick = [&](const Shape& index, const std::string& names) {
    Shape own;
    for (const char c : names) own.push_back(index[letters.find(c)]);
    return own;
  };
  TensorD out = filled(out_shape, 0);
  for_each_index(all, [&](const Shape& index) {
    double product = 1;
    for (std::size_t i = 0; i < operands.size(); ++i)
      product *= call.in(i).data[broadcast_offset(call.in(i).shape, pick(index, operands[i]))];
    element(out, pick(index, result)) += product;
  });
  return {out};
}

}  // namespace

const OperatorTable& product_operators() {
  static const OperatorTable kTable = {{"Einsum", einsum}, {"Gemm", gemm}, {"MatMul", matmul}};
  return kTable;
}

}  // namespace pellucid::tests
