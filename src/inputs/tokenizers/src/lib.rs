//! The tokenizers crate behind the C interface of `pellucid_tokenizers.h`.
//!
//! Every entry catches panics. Truncation is a matter of each call, so the tokenizer itself is never changed and may be
//! shared by threads: its post-processor is kept beside it and applied here, after the cut.

mod charsmap;
mod encoding;
mod text;

use std::os::raw::c_char;
use std::ptr;

use serde::Deserialize;
use tokenizers::tokenizer::PostProcessor;
use tokenizers::utils::padding::{PaddingDirection, PaddingParams, PaddingStrategy};
use tokenizers::utils::truncation::{TruncationDirection, TruncationParams, TruncationStrategy};
use tokenizers::{PostProcessorWrapper, Tokenizer};

use encoding::{Encoded, PtkRow};
use text::{bytes, guarded, utf8, PtkText};

/// What a file says of the token for unknown text, which the crate keeps to itself, and of its normalizer.
#[derive(Deserialize)]
struct File {
    model: Model,
    normalizer: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Model {
    unk_token: Option<String>,
    unk_id: Option<u32>,
}

pub struct Shared {
    tokenizer: Tokenizer,
    unknown: Option<u32>,
    processor: Option<PostProcessorWrapper>,
    truncation: Option<TruncationParams>,
    padding: Option<PaddingParams>,
}

impl Shared {
    fn open(json: &[u8]) -> Result<Self, String> {
        let file = serde_json::from_slice::<File>(json).map_err(|error| error.to_string())?;
        file.normalizer.as_ref().map_or(Ok(()), charsmap::check)?;
        let mut tokenizer = Tokenizer::from_bytes(json).map_err(|error| error.to_string())?;
        let model = file.model;
        let named = model
            .unk_token
            .and_then(|name| tokenizer.token_to_id(&name));
        let truncation = tokenizer.get_truncation().cloned();
        let padding = tokenizer.get_padding().cloned();
        let processor = tokenizer.get_post_processor().cloned();
        tokenizer
            .with_truncation(None)
            .map_err(|error| error.to_string())?;
        tokenizer.with_padding(None);
        tokenizer.with_post_processor(None::<PostProcessorWrapper>);
        Ok(Self {
            tokenizer,
            unknown: model.unk_id.or(named),
            processor,
            truncation,
            padding,
        })
    }

    fn added_tokens(&self, pair: bool) -> usize {
        self.processor
            .as_ref()
            .map_or(0, |processor| processor.added_tokens(pair))
    }
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct PtkTruncation {
    on: bool,
    left: bool,
    strategy: u32,
    max_length: usize,
    stride: usize,
}

impl PtkTruncation {
    fn of(params: &TruncationParams) -> Self {
        Self {
            on: true,
            left: params.direction == TruncationDirection::Left,
            strategy: match params.strategy {
                TruncationStrategy::LongestFirst => 0,
                TruncationStrategy::OnlyFirst => 1,
                TruncationStrategy::OnlySecond => 2,
            },
            max_length: params.max_length,
            stride: params.stride,
        }
    }

    fn params(&self) -> Result<TruncationParams, String> {
        Ok(TruncationParams {
            direction: if self.left {
                TruncationDirection::Left
            } else {
                TruncationDirection::Right
            },
            strategy: match self.strategy {
                0 => TruncationStrategy::LongestFirst,
                1 => TruncationStrategy::OnlyFirst,
                2 => TruncationStrategy::OnlySecond,
                other => return Err(format!("there is no truncation strategy {other}")),
            },
            max_length: self.max_length,
            stride: self.stride,
        })
    }
}

#[repr(C)]
#[derive(Default)]
pub struct PtkPadding {
    on: bool,
    left: bool,
    length: usize,
    multiple: usize,
    id: u32,
    type_id: u32,
}

impl PtkPadding {
    fn of(params: &PaddingParams) -> Self {
        Self {
            on: true,
            left: matches!(params.direction, PaddingDirection::Left),
            length: match params.strategy {
                PaddingStrategy::BatchLongest => 0,
                PaddingStrategy::Fixed(length) => length,
            },
            multiple: params.pad_to_multiple_of.unwrap_or(0),
            id: params.pad_id,
            type_id: params.pad_type_id,
        }
    }
}

/// # Safety
/// `json` points to `size` bytes, `error` to a text that may be overwritten.
#[no_mangle]
pub unsafe extern "C" fn ptk_open(
    json: *const u8,
    size: usize,
    error: *mut PtkText,
) -> *mut Shared {
    guarded(error, ptr::null_mut(), || {
        let opened = Shared::open(bytes(json, size))?;
        Ok(Box::into_raw(Box::new(opened)))
    })
}

/// # Safety
/// `tokenizer` comes from ptk_open and is not used again.
#[no_mangle]
pub unsafe extern "C" fn ptk_close(tokenizer: *mut Shared) {
    guarded(ptr::null_mut(), (), || {
        if !tokenizer.is_null() {
            drop(Box::from_raw(tokenizer));
        }
        Ok(())
    });
}

/// # Safety
/// Pointers as the header says; `pair` may be null.
#[no_mangle]
pub unsafe extern "C" fn ptk_encode(
    tokenizer: *const Shared,
    text: *const c_char,
    text_size: usize,
    pair: *const c_char,
    pair_size: usize,
    add_special_tokens: bool,
    truncation: *const PtkTruncation,
    error: *mut PtkText,
) -> *mut Encoded {
    guarded(error, ptr::null_mut(), || {
        let text = utf8(bytes(text.cast(), text_size), "the text")?;
        let pair = if pair.is_null() {
            None
        } else {
            Some(utf8(bytes(pair.cast(), pair_size), "the second text")?)
        };
        let cut = if (*truncation).on {
            Some((*truncation).params()?)
        } else {
            None
        };
        let encoded = encoding::encode(&*tokenizer, text, pair, add_special_tokens, cut)?;
        Ok(Box::into_raw(Box::new(encoded)))
    })
}

/// # Safety
/// `encoding` comes from ptk_encode.
#[no_mangle]
pub unsafe extern "C" fn ptk_encoding_rows(encoding: *const Encoded) -> usize {
    (*encoding).rows()
}

/// # Safety
/// `encoding` comes from ptk_encode, `index` is below its number of rows.
#[no_mangle]
pub unsafe extern "C" fn ptk_encoding_row(encoding: *const Encoded, index: usize) -> PtkRow {
    (*encoding).row(index)
}

/// # Safety
/// `encoding` comes from ptk_encode and is not used again.
#[no_mangle]
pub unsafe extern "C" fn ptk_encoding_free(encoding: *mut Encoded) {
    guarded(ptr::null_mut(), (), || {
        if !encoding.is_null() {
            drop(Box::from_raw(encoding));
        }
        Ok(())
    });
}

/// # Safety
/// `piece` points to `size` bytes.
#[no_mangle]
pub unsafe extern "C" fn ptk_id_of(
    tokenizer: *const Shared,
    piece: *const c_char,
    size: usize,
) -> i64 {
    guarded(ptr::null_mut(), -1, || {
        let piece = utf8(bytes(piece.cast(), size), "the piece")?;
        let id = (*tokenizer).tokenizer.token_to_id(piece);
        Ok(id.map_or(-1, i64::from))
    })
}

/// # Safety
/// `tokenizer` comes from ptk_open.
#[no_mangle]
pub unsafe extern "C" fn ptk_piece_of(tokenizer: *const Shared, id: u32) -> PtkText {
    guarded(ptr::null_mut(), PtkText::none(), || {
        let piece = (*tokenizer).tokenizer.id_to_token(id);
        Ok(piece.map_or(PtkText::none(), PtkText::of))
    })
}

/// # Safety
/// `out` has room for `capacity` ids.
#[no_mangle]
pub unsafe extern "C" fn ptk_special_ids(
    tokenizer: *const Shared,
    out: *mut u32,
    capacity: usize,
) -> usize {
    guarded(ptr::null_mut(), 0, || {
        let added = (*tokenizer).tokenizer.get_added_tokens_decoder();
        let special = added.iter().filter(|(_, token)| token.special);
        let mut ids: Vec<u32> = special.map(|(id, _)| *id).collect();
        ids.sort_unstable();
        for (index, id) in ids.iter().take(capacity).enumerate() {
            *out.add(index) = *id;
        }
        Ok(ids.len())
    })
}

/// # Safety
/// `tokenizer` comes from ptk_open.
#[no_mangle]
pub unsafe extern "C" fn ptk_unknown_id(tokenizer: *const Shared) -> i64 {
    (*tokenizer).unknown.map_or(-1, i64::from)
}

/// # Safety
/// `tokenizer` comes from ptk_open.
#[no_mangle]
pub unsafe extern "C" fn ptk_added_tokens(tokenizer: *const Shared, pair: bool) -> usize {
    guarded(ptr::null_mut(), 0, || Ok((*tokenizer).added_tokens(pair)))
}

/// # Safety
/// `tokenizer` comes from ptk_open.
#[no_mangle]
pub unsafe extern "C" fn ptk_own_truncation(tokenizer: *const Shared) -> PtkTruncation {
    let own = (*tokenizer).truncation.as_ref();
    own.map_or_else(PtkTruncation::default, PtkTruncation::of)
}

/// # Safety
/// `tokenizer` comes from ptk_open.
#[no_mangle]
pub unsafe extern "C" fn ptk_own_padding(tokenizer: *const Shared) -> PtkPadding {
    let own = (*tokenizer).padding.as_ref();
    own.map_or_else(PtkPadding::default, PtkPadding::of)
}

/// # Safety
/// `text` was given by a function of this interface and is not used again.
#[no_mangle]
pub unsafe extern "C" fn ptk_text_free(text: PtkText) {
    text.free();
}
