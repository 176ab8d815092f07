namespace DToC.Twin.Sketches;

/// <summary>
/// The most frequent values of a property in k slots: Space-Saving (Metwally, Agrawal, El Abbadi, "Efficient
/// Computation of Frequent and Top-k Elements in Data Streams", 2005). A view over spans that live in a
/// state.
/// </summary>
/// <remarks>
/// With N the total weight added: a value of weight above N / k is present; a slot's count is never below the
/// true weight of its value and never more than its error above it. The result depends on the order of
/// arrival and on nothing else: the slot given up is the one of lowest count, and of those the lowest slot.
/// Slots fill from 0; a count of 0 marks the first free one. Spans of zeros are an empty sketch.
/// </remarks>
public readonly ref struct HeavyHitters
{
    /// <summary>Bytes a token takes unless told otherwise: one for its length, 23 of UTF-8.</summary>
    public const int DefaultStride = 24;

    private readonly Span<ulong> hashes;
    private readonly Span<long> counts;
    private readonly Span<long> errors;
    private readonly Span<byte> tokens;
    private readonly int stride;

    /// <summary>A view over k slots.</summary>
    /// <param name="hashes">k hashes that identify the values.</param>
    /// <param name="counts">k counts, above 0 where the slot is taken.</param>
    /// <param name="errors">k bounds on how far the count may be too high.</param>
    /// <param name="tokens">k times <paramref name="stride"/> bytes: length, then UTF-8.</param>
    /// <param name="stride">Bytes of one token, 2 to 256.</param>
    /// <exception cref="ArgumentException">The spans do not fit together.</exception>
    public HeavyHitters(
        Span<ulong> hashes, Span<long> counts, Span<long> errors, Span<byte> tokens,
        int stride = DefaultStride)
    {
        var k = hashes.Length;
        if (k < 1) throw new ArgumentException("heavy hitters need at least one slot", nameof(hashes));
        if (stride is < 2 or > 256)
            throw new ArgumentException($"stride {stride}; it must be 2 to 256", nameof(stride));
        if (counts.Length != k || errors.Length != k || tokens.Length != k * stride)
            throw new ArgumentException(
                $"{k} hashes need {k} counts, {k} errors and {k * stride} token bytes; they are "
                + $"{counts.Length}, {errors.Length} and {tokens.Length}", nameof(counts));
        this.hashes = hashes;
        this.counts = counts;
        this.errors = errors;
        this.tokens = tokens;
        this.stride = stride;
    }

    /// <summary>Number of slots, k.</summary>
    public int Capacity => hashes.Length;

    /// <summary>Number of slots taken; they are 0 to Used - 1.</summary>
    public int Used => counts.IndexOf(0L) is >= 0 and var free ? free : counts.Length;

    /// <summary>Hash of the value in a slot.</summary>
    public ulong Hash(int slot) => hashes[slot];

    /// <summary>Upper bound of the weight of the value in a slot; 0 when it is free.</summary>
    public long Count(int slot) => counts[slot];

    /// <summary>How far the count may be too high: count - error is a lower bound of the weight.</summary>
    public long Error(int slot) => errors[slot];

    /// <summary>The value's text in UTF-8, cut to stride - 1 bytes.</summary>
    public ReadOnlySpan<byte> Token(int slot) =>
        tokens.Slice(slot * stride + 1, Math.Min(tokens[slot * stride], stride - 1));

    /// <summary>
    /// Adds weight to a value. A token longer than stride - 1 bytes is cut before the character that does not
    /// fit; its hash, over the whole, still tells it apart. Returns false, and changes nothing, for a weight
    /// below 1.
    /// </summary>
    public bool Add(ulong hash, ReadOnlySpan<byte> token, long weight)
    {
        if (weight < 1) return false;
        var used = Used;
        var slot = hashes[..used].IndexOf(hash);
        if (slot < 0)
        {
            slot = used < Capacity ? used : Lowest();
            errors[slot] = counts[slot];
            hashes[slot] = hash;
            Write(slot, token);
        }
        counts[slot] = counts[slot] > long.MaxValue - weight ? long.MaxValue : counts[slot] + weight;
        return true;
    }

    /// <summary>Multiplies all counts with a factor in [0, 1]; a taken slot keeps a count of at least 1.</summary>
    public void Fade(double factor)
    {
        for (int slot = 0, used = Used; slot < used; slot++)
        {
            counts[slot] = Math.Max(1, (long)Math.Round(counts[slot] * factor));
            errors[slot] = (long)Math.Round(errors[slot] * factor);
        }
    }

    /// <summary>
    /// Writes the taken slots of highest count into <paramref name="slots"/>, by descending count, then
    /// ascending hash, and returns how many were written.
    /// </summary>
    public int TopInto(Span<int> slots)
    {
        var written = 0;
        for (int slot = 0, used = Used; slot < used; slot++)
        {
            var place = written;
            while (place > 0 && IsBefore(slot, slots[place - 1])) place--;
            if (place == slots.Length) continue;
            if (written < slots.Length) written++;
            slots[place..(written - 1)].CopyTo(slots[(place + 1)..]);
            slots[place] = slot;
        }
        return written;
    }

    private bool IsBefore(int slot, int other) =>
        counts[slot] > counts[other] || (counts[slot] == counts[other] && hashes[slot] < hashes[other]);

    private int Lowest()
    {
        var lowest = 0;
        for (var slot = 1; slot < counts.Length; slot++)
            if (counts[slot] < counts[lowest]) lowest = slot;
        return lowest;
    }

    private void Write(int slot, ReadOnlySpan<byte> token)
    {
        var entry = tokens.Slice(slot * stride, stride);
        var kept = token[..CutAt(token, stride - 1)];
        entry.Clear();
        entry[0] = (byte)kept.Length;
        kept.CopyTo(entry[1..]);
    }

    // Steps back over at most the three continuation bytes (10xxxxxx) a UTF-8 character can have.
    private static int CutAt(ReadOnlySpan<byte> token, int limit)
    {
        if (token.Length <= limit) return token.Length;
        var cut = limit;
        while (cut > 0 && limit - cut < 3 && (token[cut] & 0xC0) == 0x80) cut--;
        return cut;
    }
}
