//! One text or pair: tokens with their places, and the rows that truncation cut off.

use std::os::raw::c_char;

use tokenizers::tokenizer::PostProcessor;
use tokenizers::utils::truncation::{truncate_encodings, TruncationParams};
use tokenizers::Encoding;

use crate::Shared;

#[repr(C)]
pub struct PtkToken {
    id: u32,
    type_id: u32,
    sequence: i64,
    word: i64,
    special: bool,
    first_char: usize,
    last_char: usize,
    first_byte: usize,
    last_byte: usize,
    piece: *const c_char,
    piece_size: usize,
}

#[repr(C)]
pub struct PtkRow {
    tokens: *const PtkToken,
    size: usize,
}

/// `tokens` borrow their pieces from `pieces`.
pub struct Encoded {
    tokens: Vec<Vec<PtkToken>>,
    _pieces: Vec<Encoding>,
}

impl Encoded {
    pub fn rows(&self) -> usize {
        self.tokens.len()
    }

    pub fn row(&self, index: usize) -> PtkRow {
        self.tokens.get(index).map_or(
            PtkRow {
                tokens: std::ptr::null(),
                size: 0,
            },
            |row| PtkRow {
                tokens: row.as_ptr(),
                size: row.len(),
            },
        )
    }
}

/// Where each character begins, and the end of the text behind them.
fn byte_starts(text: &str) -> Vec<usize> {
    let mut out: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    out.push(text.len());
    out
}

fn tokens_of(row: &Encoding, starts: &[Vec<usize>]) -> Vec<PtkToken> {
    let sequences = row.get_sequence_ids();
    let words = row.get_word_ids();
    let token = |index: usize| {
        let (first_char, last_char) = row.get_offsets()[index];
        let sequence = sequences[index];
        let bytes = &starts[sequence.unwrap_or(0)];
        let piece = &row.get_tokens()[index];
        PtkToken {
            id: row.get_ids()[index],
            type_id: row.get_type_ids()[index],
            sequence: sequence.map_or(-1, |sequence| sequence as i64),
            word: words[index].map_or(-1, i64::from),
            special: row.get_special_tokens_mask()[index] != 0,
            first_char,
            last_char,
            first_byte: bytes[first_char],
            last_byte: bytes[last_char],
            piece: piece.as_ptr().cast(),
            piece_size: piece.len(),
        }
    };
    (0..row.len()).map(token).collect()
}

/// One text before the post-processor. `type_id` is 1 for the second of a pair.
fn encode_one(shared: &Shared, text: &str, type_id: u32) -> Result<Encoding, String> {
    let encoded = shared.tokenizer.encode_char_offsets(text, false);
    let mut out = encoded.map_err(|error| error.to_string())?;
    out.set_type_ids(vec![type_id; out.len()]);
    Ok(out)
}

/// `params` for the texts alone: without room for the special tokens.
fn without_added(mut params: TruncationParams, added: usize) -> Result<TruncationParams, String> {
    if params.max_length <= added {
        return Err(format!(
            "{} tokens have no room for a text beside {added} special tokens",
            params.max_length
        ));
    }
    params.max_length -= added;
    Ok(params)
}

fn truncated(
    first: Encoding,
    second: Option<Encoding>,
    params: &TruncationParams,
) -> Result<(Encoding, Option<Encoding>), String> {
    truncate_encodings(first, second, params).map_err(|error| error.to_string())
}

fn joined(
    shared: &Shared,
    first: Encoding,
    second: Option<Encoding>,
    add: bool,
) -> Result<Encoding, String> {
    if let Some(processor) = &shared.processor {
        return processor
            .process(first, second, add)
            .map_err(|error| error.to_string());
    }
    let all: Vec<Encoding> = std::iter::once(first).chain(second).collect();
    let mut out =
        <dyn PostProcessor>::default_process(all, add).map_err(|error| error.to_string())?;
    out.pop().ok_or_else(|| "no encoding".to_string())
}

pub fn encode(
    shared: &Shared,
    text: &str,
    pair: Option<&str>,
    add_special_tokens: bool,
    truncation: Option<TruncationParams>,
) -> Result<Encoded, String> {
    let mut first = encode_one(shared, text, 0)?;
    let mut second = pair.map(|pair| encode_one(shared, pair, 1)).transpose()?;
    if let Some(params) = truncation {
        let added = if add_special_tokens {
            shared.added_tokens(pair.is_some())
        } else {
            0
        };
        (first, second) = truncated(first, second, &without_added(params, added)?)?;
    }
    let mut encoding = joined(shared, first, second, add_special_tokens)?;
    let mut rows = encoding.take_overflowing();
    rows.insert(0, encoding);
    let starts = [byte_starts(text), byte_starts(pair.unwrap_or(""))];
    Ok(Encoded {
        tokens: rows.iter().map(|row| tokens_of(row, &starts)).collect(),
        _pieces: rows,
    })
}
