/* Hugging Face's tokenizers crate behind C. Built by cargo from src/lib.rs; every structure here has its twin there.
 *
 * Nothing here prints, aborts or lets a panic out: what fails returns nothing and writes a message to `error`.
 * Texts are UTF-8 without an end mark. A tokenizer may be used by several threads at once. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ptk_tokenizer ptk_tokenizer;
typedef struct ptk_encoding ptk_encoding;

/* Owned by the caller: ptk_text_free. `data` is null where there is none. */
typedef struct {
  char* data;
  size_t size;
} ptk_text;

enum { PTK_LONGEST_FIRST = 0, PTK_ONLY_FIRST = 1, PTK_ONLY_SECOND = 2 };

typedef struct {
  bool on;
  bool left;           /* cuts at the beginning */
  uint32_t strategy;   /* PTK_… */
  size_t max_length;   /* with the special tokens */
  size_t stride;       /* tokens that a row shares with the next one */
} ptk_truncation;

typedef struct {
  bool on;
  bool left;
  size_t length;   /* 0: of the longest row */
  size_t multiple; /* 0: of any length */
  uint32_t id, type_id;
} ptk_padding;

/* Borrowed from its encoding. Offsets refer to the text, or to its pair where `sequence` is 1. */
typedef struct {
  uint32_t id, type_id;
  int64_t sequence, word; /* -1: of none */
  bool special;           /* put there by the tokenizer */
  size_t first_char, last_char, first_byte, last_byte;
  const char* piece;
  size_t piece_size;
} ptk_token;

typedef struct {
  const ptk_token* tokens;
  size_t size;
} ptk_row;

/* From the bytes of a tokenizer.json. */
ptk_tokenizer* ptk_open(const uint8_t* json, size_t size, ptk_text* error);
void ptk_close(ptk_tokenizer* tokenizer);

/* Row 0 is the encoding, the others are what truncation cut off. `pair` may be null. */
ptk_encoding* ptk_encode(const ptk_tokenizer* tokenizer, const char* text, size_t text_size, const char* pair,
                         size_t pair_size, bool add_special_tokens, const ptk_truncation* truncation, ptk_text* error);
size_t ptk_encoding_rows(const ptk_encoding* encoding);
ptk_row ptk_encoding_row(const ptk_encoding* encoding, size_t index);
void ptk_encoding_free(ptk_encoding* encoding);

/* The id of a piece of the vocabulary, -1 where there is none, and the other way round. */
int64_t ptk_id_of(const ptk_tokenizer* tokenizer, const char* piece, size_t size);
ptk_text ptk_piece_of(const ptk_tokenizer* tokenizer, uint32_t id);

/* Ids of the added tokens marked special: how many there are, the first `capacity` of them in `out`, ascending. */
size_t ptk_special_ids(const ptk_tokenizer* tokenizer, uint32_t* out, size_t capacity);

/* The id that stands for text which the vocabulary doesn't hold, -1 where there is none. */
int64_t ptk_unknown_id(const ptk_tokenizer* tokenizer);

/* How many tokens are put around a text, or around a pair. */
size_t ptk_added_tokens(const ptk_tokenizer* tokenizer, bool pair);

/* What tokenizer.json itself asks for. ptk_encode does neither by itself. */
ptk_truncation ptk_own_truncation(const ptk_tokenizer* tokenizer);
ptk_padding ptk_own_padding(const ptk_tokenizer* tokenizer);

void ptk_text_free(ptk_text text);

#ifdef __cplusplus
}
#endif
