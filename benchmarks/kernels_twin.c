/* The wording part of the marks in C: prompt digest and sketch of each prompt, bit for bit those of stillwatch.marks.
   The same algorithm as the kernels: 64 bytes at a time to bits and folded text, words by their bits, one-permutation
   sketch. Built and compared by kernels.py:  cc -O3 -march=native -shared -fPIC kernels_twin.c -o twin.so */
#include <stdint.h>
#include <string.h>
#ifdef __AVX2__
#include <immintrin.h>
#endif

typedef uint64_t u64;
typedef uint32_t u32;
typedef uint8_t u8;
typedef int64_t i64;

#define K1 0xD6E8FEB86659FD93ull
#define K2 0xC2B2AE3D27D4EB4Full
#define K3 0x9E3779B97F4A7C15ull
#define SEED 0x51ED270B35AE1D4Bull
#define QUOTED 0x2B992DDFA23249D6ull
#define TOPS 0x8080808080808080ull
#define EMPTY 0xFFFFFFFFu

typedef struct { u64 not_letters, words, high, quotes; } Block;
typedef struct { u8 *low; u8 *folded; Block *blocks; u64 *words; } Desk;

static u8 FOLD[256];

static inline u64 load8(const u8 *p) { u64 v; memcpy(&v, p, 8); return v; }
static inline u64 turn(u64 v, int bits) { return v << bits | v >> (64 - bits); }
static inline int lowest(u64 v) { return v ? __builtin_ctzll(v) : 64; }
static inline u64 fold_product(u64 a, u64 b) {
    unsigned __int128 p = (unsigned __int128)a * b;
    return (u64)p ^ (u64)(p >> 64);
}
static inline u64 mix(u64 v) { v ^= v >> 32; v *= K1; return v ^ v >> 29; }
static inline u64 slide(u64 low, u64 high, int bits) { return bits ? low >> bits | high << (64 - bits) : low; }

/* a bit for each of 64 bytes: whether it is within `count` from `first`, after `or` */
static inline u64 within(const u8 *p, u8 or, u8 first, u8 count) {
    u64 bits = 0;
#if defined(__AVX512BW__)
    __m512i v = _mm512_or_si512(_mm512_loadu_si512(p), _mm512_set1_epi8((char)or));
    bits = _mm512_cmplt_epu8_mask(_mm512_sub_epi8(v, _mm512_set1_epi8((char)first)), _mm512_set1_epi8((char)count));
#elif defined(__AVX2__)
    for (int half = 0; half < 2; half++) {
        __m256i v = _mm256_or_si256(_mm256_loadu_si256((const __m256i *)(p + 32 * half)), _mm256_set1_epi8((char)or));
        v = _mm256_sub_epi8(v, _mm256_set1_epi8((char)first));
        v = _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8((char)(count - 1))), v);
        bits |= (u64)(u32)_mm256_movemask_epi8(v) << (32 * half);
    }
#else
    for (int i = 0; i < 64; i++) bits |= (u64)((u8)((p[i] | or) - first) < count) << i;
#endif
    return bits;
}

static void tables(void) {
    for (int b = 0; b < 256; b++) {
        FOLD[b] = b >= 'A' && b <= 'Z' ? b | 32 : b >= 9 && b <= 13 ? ' ' : b;
    }
}

/* ---- SipHash-1-3 */
typedef struct { u64 a, b, c, d; } Sip;
static inline void sip_round(Sip *s) {
    s->a += s->b; s->c += s->d; s->b = turn(s->b, 13) ^ s->a; s->d = turn(s->d, 16) ^ s->c; s->a = turn(s->a, 32);
    s->c += s->b; s->a += s->d; s->b = turn(s->b, 17) ^ s->c; s->d = turn(s->d, 21) ^ s->a; s->c = turn(s->c, 32);
}
static inline void absorb(Sip *s, u64 block) { s->d ^= block; sip_round(s); s->a ^= block; }
static i64 sip_close(Sip *s, const u8 *p, i64 at, i64 size) {
    u64 rest = 0;
    for (; at + 8 <= size; at += 8) absorb(s, load8(p + at));
    for (i64 i = at; i < size; i++) rest |= (u64)p[i] << (8 * (i - at));
    absorb(s, rest | (u64)(size & 255) << 56);
    s->c ^= 255;
    sip_round(s); sip_round(s); sip_round(s);
    return (i64)(s->a ^ s->b ^ s->c ^ s->d);
}

/* ---- one pass: bits, classes, folded text, digest */
static i64 read_prompt(const u8 *text, i64 size, u64 key0, u64 key1, Desk *d) {
    Sip sip = {key0 ^ 0x736F6D6570736575ull, key1 ^ 0x646F72616E646F6Dull, key0 ^ 0x6C7967656E657261ull, key1 ^ 0x7465646279746573ull};
    u64 after_blank = 1;
    i64 to = 0, absorbed = 0, block = 0;
    u8 room[64];
    for (i64 at = 0; at < size; at += 64, block++) {
        i64 left = size - at < 64 ? size - at : 64;
        const u8 *p = text + at;
        if (left < 64) { memset(room, 0, 64); memcpy(room, p, left); p = room; }
        u64 latin = within(p, 32, 'a', 26), digits = within(p, 0, '0', 10), high = within(p, 0, 128, 128);
        u64 letters = latin | within(p, 0, '_', 1), blanks = within(p, 0, 9, 5) | within(p, 0, ' ', 1);
        d->blocks[block] = (Block){~letters, letters | digits | high, high, within(p, 0, '"', 1) | within(p, 0, '`', 1)};
        for (int i = 0; i < 64; i++) {
            u8 b = p[i], is_latin = (u8)((b | 32) - 'a') < 26;
            u8 c = b >= 128 || b == '_' ? b : 0;
            c = b == '"' ? 1 : b == '`' ? 2 : b == '\n' || b == '\r' ? 3 : b == ':' ? 4 : c;
            c = (u8)(b - '0') < 10 ? 5 : c;
            d->low[at + i] = is_latin ? b | 32 : c;
            u8 f = (u8)(b - 'A') < 26 ? b | 32 : b;
            d->folded[to + i] = (u8)(b - 9) < 5 ? ' ' : f;
        }
        u64 kept = ~(blanks & (blanks << 1 | after_blank)) & (~0ull >> (64 - left));
        after_blank = blanks >> (left - 1) & 1;
        if (kept == ~0ull) to += 64;
        else while (kept) {
            int first = lowest(kept), run = lowest(~(kept >> first));
            for (int i = 0; i < run; i++) d->folded[to + i] = FOLD[p[first + i]];
            to += run;
            kept = first + run < 64 ? kept & ~0ull << (first + run) : 0;
        }
        for (; absorbed + 8 < to; absorbed += 8) absorb(&sip, load8(d->folded + absorbed));
    }
    d->blocks[block] = (Block){~0ull, 0, 0, 0};
    memset(d->low + 64 * block, 0, 64);
    to -= after_blank && to > 0;
    return sip_close(&sip, d->folded, absorbed, to);
}

/* ---- words */
static inline int inner(u8 b) { return (b & 0xC0) == 0x80; }
static int width_of(const u8 *p) {
    if (p[0] >= 0xC2 && p[0] <= 0xDF && inner(p[1])) return 2;
    if (p[0] >= 0xE0 && p[0] <= 0xEF && inner(p[1]) && inner(p[2])) return 3;
    if (p[0] >= 0xF0 && p[0] <= 0xF4 && inner(p[1]) && inner(p[2]) && inner(p[3])) return 4;
    return 1;
}
static int continues(const u8 *p) {
    if (*p < 128) return *p >= 5;
    int width = width_of(p);
    return width > 2 || (width == 2 && *p == 0xC2) ? 0 : width;
}
static int separates(const u8 *p) {
    if (p[0] != 0xE2 && p[0] != 0xE3 && p[0] != 0xEF) return 0;
    int point = (p[0] & 15) << 12 | (p[1] & 63) << 6 | (p[2] & 63);
    if (point < 0x3040) return point <= 0x206F || point >= 0x3000;
    return (point >= 0xFE00 && point <= 0xFE6F) || point == 0xFEFF || (point >= 0xFF00 && point <= 0xFF0F)
        || (point >= 0xFF1A && point <= 0xFF20) || (point >= 0xFF3B && point <= 0xFF40)
        || (point >= 0xFF5B && point <= 0xFF65) || point >= 0xFFF0;
}
static u64 letters_of(const u8 *low, i64 *at) {
    u64 value = SEED, block = 0;
    int filled = 0, width;
    while (low[*at] >= 16 && (width = continues(low + *at)))
        while (width--) {
            block |= (u64)low[(*at)++] << 8 * filled;
            if (++filled == 8) { value = fold_product(value ^ block, K1); block = 0; filled = 0; }
        }
    return fold_product(value ^ block, K2 ^ (u64)(filled + 8 * (low[*at] == 5)));
}
static void read_run(const u8 *low, i64 *at, u64 *words, i64 *count, i64 *plain) {
    int width;
    while (low[*at] >= 5) {
        if (low[*at] < 0xC2 || continues(low + *at)) {
            i64 start = *at;
            words[(*count)++] = letters_of(low, at);
            *plain += *at > start;
            if (low[*at] == 5) while ((width = continues(low + *at))) *at += width;
        } else {
            width = width_of(low + *at);
            if (width > 3 || (width == 3 && !separates(low + *at))) {
                words[(*count)++] = fold_product(SEED ^ (load8(low + *at) & ((1ull << 8 * width) - 1)), K2 ^ (u64)width);
                (*plain)++;
            }
            *at += width;
        }
    }
}
static inline u64 hash_letters(const u8 *low, int length, int numbered) {
    u64 value = length >= 8 ? fold_product(SEED ^ load8(low), K1) : SEED;
    int rest = length & ~7;
    for (int at = 8; at < rest; at += 8) value = fold_product(value ^ load8(low + at), K1);
    u64 block = load8(low + rest) & ((1ull << 8 * (length & 7)) - 1);
    return fold_product(value ^ block, K2 ^ (u64)((length & 7) + 8 * numbered));
}
static i64 closing(const u8 *low, i64 at, i64 size) {
    i64 last = at + 202 < size ? at + 202 : size;
    for (i64 to = at + 1; to < last; to++) {
        if (low[to] == low[at]) return to;
        if (low[to] == 3) break;
    }
    return at;
}
static i64 read_words(i64 size, int masks, Desk *d, i64 *plain_out) {
    const u8 *low = d->low;
    u64 *words = d->words, carry = 0;
    i64 at = 0, count = 0, plain = 0, closes = -1;
    for (i64 base = 0; base < size; base += 64) {
        Block here = d->blocks[base >> 6], next = d->blocks[(base >> 6) + 1];
        u64 events = here.words & ~(here.words << 1 | carry);
        int ascii = !(here.high | next.high) && next.words != ~0ull;
        carry = here.words >> 63;
        if (masks) events |= here.quotes;
        if (at > base) events = at < base + 64 ? events & ~0ull << (at - base) : 0;
        while (events) {
            int shift = lowest(events);
            i64 start = base + shift;
            events &= events - 1;
            int length = lowest(slide(here.not_letters, next.not_letters, shift));
            u8 byte = low[start + length];
            if ((byte < 5 && length > 0) || (byte == 5 && ascii)) {
                words[count++] = hash_letters(low + start, length, byte == 5);
                plain += length > 0;
                continue;
            }
            if (byte < 5) {
                i64 to = start != closes ? closing(low, start, size) : start;
                if (to > start + 1 && low[to + 1] != 4) words[count++] = QUOTED;
                else if (to > start + 1) { closes = to; to = start; }
                at = to + 1;
            } else {
                at = start;
                read_run(low, &at, words, &count, &plain);
            }
            events = at < base + 64 ? events & ~0ull << (at - base) : 0;
        }
    }
    *plain_out = plain;
    return count;
}

/* ---- sketch */
static void sketch_of(const u64 *words, i64 count, u64 seed, u8 *sketch) {
    u32 lowest_of[64];
    int filled = 0;
    for (int p = 0; p < 64; p++) lowest_of[p] = EMPTY;
    for (i64 at = 2; at < count; at++) {
        u64 v = mix(((words[at] + words[at - 1] * K2 + words[at - 2] * K3) ^ seed) * K1);
        u32 kept = lowest_of[v >> 58];
        lowest_of[v >> 58] = (u32)v < kept ? (u32)v : kept;
    }
    for (int p = 0; p < 64; p++) filled += lowest_of[p] != EMPTY;
    if (filled < 6) {
        u64 value = seed;
        for (i64 at = 0; at < count; at++) value = fold_product(value ^ words[at], K1) + K3;
        for (int p = 0; p < 64; p++) sketch[p] = (u8)mix(value + (u64)p * K3);
        return;
    }
    int last = 63;
    while (lowest_of[last] == EMPTY) last--;
    u32 lent = lowest_of[last], distance = 64 - last;
    for (int p = 0; p < 64; p++) {
        u32 kept = lowest_of[p];
        int is_empty = kept == EMPTY;
        lowest_of[p] = is_empty ? lent * 2654435761u + distance : kept;
        lent = is_empty ? lent : kept;
        distance = is_empty ? distance + 1 : 1;
    }
    for (int p = 0; p < 64; p++) {
        u32 v = lowest_of[p];
        v = (v ^ v >> 16) * 0x45D9F3Bu;
        v = (v ^ v >> 15) * 0x2C1B3C6Du;
        sketch[p] = (u8)(v >> 24);
    }
}

void mark_wording(const u8 *data, const i64 *offsets, i64 rows, u64 key0, u64 key1, u64 seed, u8 *low, u8 *folded,
                  u64 *blocks, u64 *words, i64 *digests, i64 *counts, u8 *sketches) {
    Desk desk = {low, folded, (Block *)blocks, words};
    if (!FOLD[32]) tables();
    for (i64 row = 0; row < rows; row++) {
        i64 size = offsets[row + 1] - offsets[row], plain;
        digests[row] = read_prompt(data + offsets[row], size, key0, key1, &desk);
        counts[row] = read_words(size, 1, &desk, &plain);
        if (!plain) counts[row] = read_words(size, 0, &desk, &plain);
        if (plain) sketch_of(words, counts[row], seed, sketches + 64 * row);
    }
}
