# The versions and sha256 sums of everything that bootstrap downloads by itself.
onnxruntime_version=1.31.1
onnxruntime_platform=manylinux_2_28_$(uname -m)
case $(uname -m) in
  x86_64) onnxruntime_sha256=5752bd508126ae7c49894d3b9d2e83f0c3d487319246d04c444b393308d7ad7f ;;
  aarch64) onnxruntime_sha256=da05378364c44d4407e463982d2bf8d5e4cfea873283757e48beeb41df97b7f3 ;;
  *) onnxruntime_sha256= ;;
esac

# The C and C++ headers: the runtime's interface only grows, so older headers go with a newer library. They are
# the same for every processor.
headers_suite=trixie
headers_package=libonnxruntime-dev
headers_version=1.21.0+dfsg-1
headers_sha256=14f7d959d5deacbcf1504830d4189f91fc67382b399ed9ae9d3aa9c4050ced08

# Only the wheel's onnx-ml.proto is used, which is the same for every processor.
onnx_version=1.19.1
onnx_platform=manylinux2014_x86_64
onnx_sha256=1839af08ab4a909e4af936b8149c27f8c64b96138981024e251906e0539d8bf9
