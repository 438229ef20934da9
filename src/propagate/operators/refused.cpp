#include "propagate/operators/operators.hpp"

namespace pellucid::propagate::operators {

const std::vector<Refused>& refused() {
  static const std::vector<Refused> kRefused = {
      {"AffineGrid", "sampling grids are not supported"},
      {"Bernoulli", "it draws random numbers"},
      {"CenterCropPad", "export it as Slice and Pad"},
      {"Col2Im", "it is not used by Transformers; export it as ConvTranspose"},
      {"Compress", "the shape of its result depends on the data"},
      {"DFT", "complex numbers are not supported"},
      {"DeformConv", "sampling at computed places is not supported"},
      {"Det", "determinants are not supported"},
      {"GRU", "recurrent layers are not supported"},
      {"GridSample", "sampling at computed places is not supported"},
      {"If", "a branch that the input shapes don't decide has no walk back; export the branch that is taken"},
      {"LSTM", "recurrent layers are not supported"},
      {"Loop", "a loop whose length the input shapes don't decide has no walk back; export it unrolled"},
      {"MaxRoiPool", "regions computed by the model are not supported"},
      {"MaxUnpool", "it is not used by Transformers"},
      {"Multinomial", "it draws random numbers"},
      {"NegativeLogLikelihoodLoss", "it is a loss; export the model for inference"},
      {"RNN", "recurrent layers are not supported"},
      {"RandomNormal", "it draws random numbers"},
      {"RandomNormalLike", "it draws random numbers"},
      {"RandomUniform", "it draws random numbers"},
      {"RandomUniformLike", "it draws random numbers"},
      {"RoiAlign", "regions computed by the model are not supported"},
      {"STFT", "complex numbers are not supported"},
      {"Scan", "a loop whose length the input shapes don't decide has no walk back; export it unrolled"},
      {"SoftmaxCrossEntropyLoss", "it is a loss; export the model for inference"},
      {"Unique", "the shape of its result depends on the data"},
  };
  return kRefused;
}

}  // namespace pellucid::propagate::operators
