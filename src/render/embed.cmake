# cmake -DINPUT=file -DOUTPUT=file.cpp -DFUNCTION=name -P embed.cmake
file(READ "${INPUT}" hex HEX)
string(LENGTH "${hex}" digits)
math(EXPR size "${digits} / 2")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
file(WRITE "${OUTPUT}" "#include \"render/embedded.hpp\"

namespace pellucid::render {
namespace {
constexpr unsigned char kBytes[${size}] = {${bytes}};
}  // namespace

std::span<const std::byte> ${FUNCTION}() { return std::as_bytes(std::span(kBytes)); }

}  // namespace pellucid::render
")
