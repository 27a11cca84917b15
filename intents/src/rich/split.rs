//! Where to cut a text that is longer than a platform takes. Decides byte ranges only; it never changes a character.

use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// One user-perceived character (extended grapheme cluster, UAX #29).
struct Cluster {
    start: usize,
    width: usize,
    white: bool,
    /// The best reason there is to cut just before this cluster.
    cut: Cut,
}

/// How well a cut reads, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cut {
    Cluster,
    Word,
    Sentence,
    Line,
    Paragraph,
}

/// Byte ranges of pieces no wider than `limit`; together they are the text without the white space at the cuts.
pub(super) fn cuts(text: &str, limit: usize, width: impl Fn(char) -> usize) -> Vec<Range<usize>> {
    if text.is_empty() {
        return Vec::new();
    }
    if text.chars().map(&width).sum::<usize>() <= limit {
        return std::iter::once(0..text.len()).collect();
    }
    let clusters = clusters(text, limit, width);
    let byte = |i: usize| clusters.get(i).map_or(text.len(), |c| c.start);
    let mut pieces = Vec::new();
    let mut from = 0;
    while from < clusters.len() {
        let to = piece_end(&clusters, from, limit);
        let kept = (from..to).rev().find(|&i| !clusters[i].white).map(|last| last + 1);
        // The very end of the text isn't a cut; a piece of white space alone is nothing that can be sent.
        if let Some(end) = kept {
            let end = if to == clusters.len() { to } else { end };
            pieces.push(byte(from)..byte(end));
        }
        from = (to..clusters.len()).find(|&i| !clusters[i].white).unwrap_or(clusters.len());
    }
    pieces
}

/// The cluster before which the piece that begins at `from` ends; always after `from`.
fn piece_end(clusters: &[Cluster], from: usize, limit: usize) -> usize {
    let mut used = 0;
    let mut full = from;
    while full < clusters.len() && used + clusters[full].width <= limit {
        used += clusters[full].width;
        full += 1;
    }
    if full == clusters.len() {
        return full;
    }
    // Of equally good cuts the last one, so that pieces are full; `full` itself is a cut too.
    (from + 1..=full).max_by_key(|&i| clusters[i].cut).unwrap_or(from + 1)
}

fn clusters(text: &str, limit: usize, width: impl Fn(char) -> usize) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = Vec::new();
    for (start, cluster) in text.grapheme_indices(true) {
        let wide: usize = cluster.chars().map(&width).sum();
        let white = cluster.chars().all(char::is_whitespace);
        if wide <= limit {
            clusters.push(Cluster { start, width: wide, white, cut: Cut::Cluster });
        } else {
            // Hundreds of accents on one letter: no platform takes it whole.
            let singles = cluster.char_indices().map(|(i, c)| Cluster {
                start: start + i,
                width: width(c),
                white: c.is_whitespace(),
                cut: Cut::Cluster,
            });
            clusters.extend(singles);
        }
    }
    let words = text.split_word_bound_indices().map(|(i, _)| i).filter(|&i| between_words(text, i));
    raise(&mut clusters, words, Cut::Word);
    raise(&mut clusters, text.split_sentence_bound_indices().map(|(i, _)| i), Cut::Sentence);
    raise(&mut clusters, text.match_indices('\n').map(|(i, _)| i + 1), Cut::Line);
    raise(&mut clusters, text.match_indices("\n\n").map(|(i, _)| i + 2), Cut::Paragraph);
    clusters
}

/// Marks the clusters that begin at `offsets` (ascending) as good places for a cut.
fn raise(clusters: &mut [Cluster], offsets: impl Iterator<Item = usize>, cut: Cut) {
    let mut at = 0;
    for offset in offsets {
        while at < clusters.len() && clusters[at].start < offset {
            at += 1;
        }
        if let Some(cluster) = clusters.get_mut(at).filter(|c| c.start == offset) {
            cluster.cut = cluster.cut.max(cut);
        }
    }
}

/// Whether a word boundary may end a piece: beside white space or a character that needs none (Chinese), and not before
/// a mark that belongs to the word in front of it.
fn between_words(text: &str, at: usize) -> bool {
    let (Some(before), Some(after)) = (text[..at].chars().next_back(), text[at..].chars().next()) else {
        return false;
    };
    let free = |c: char| c.is_whitespace() || !c.is_ascii();
    let closing = ",.!?;:)]}%，。！？；：、）】」』》”’…";
    let opening = "([{（【「『《“‘";
    (free(before) || free(after)) && !closing.contains(after) && !opening.contains(before)
}
