using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace DToC.Twin;

/// <summary>
/// A 64-bit hash that is the same on every machine and in every release: it is stored in states, decides holdout
/// arms and names decisions, so it may never change. XXH64 (Y. Collet, xxHash specification 0.1.1).
/// </summary>
public static class StableHash
{
    private const ulong Prime1 = 11400714785074694791UL;
    private const ulong Prime2 = 14029467366897019727UL;
    private const ulong Prime3 = 1609587929392839161UL;
    private const ulong Prime4 = 9650029242287828579UL;
    private const ulong Prime5 = 2870177450012600261UL;

    /// <summary>XXH64 of <paramref name="bytes"/> under <paramref name="seed"/>.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes, ulong seed = 0)
    {
        var length = (ulong)bytes.Length;
        var hash = bytes.Length >= 32 ? Stripes(ref bytes, seed) : seed + Prime5;
        return Avalanche(Tail(bytes, hash + length));
    }

    /// <summary>XXH64 of the UTF-8 form of <paramref name="text"/>; allocates only above 256 bytes.</summary>
    public static ulong Of(string text, ulong seed = 0)
    {
        var size = Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> buffer = size <= 256 ? stackalloc byte[256] : new byte[size];
        var written = Encoding.UTF8.GetBytes(text, buffer);
        return Of(buffer[..written], seed);
    }

    /// <summary>Mixes two 64-bit values into one (the xxHash round and avalanche).</summary>
    public static ulong Combine(ulong first, ulong second) =>
        Avalanche(MergeRound(first + Prime5 + 8, second));

    /// <summary>A value in [0, 1) made of the upper 53 bits of <paramref name="hash"/>.</summary>
    public static double ToUnit(ulong hash) => (hash >> 11) * (1.0 / (1UL << 53));

    private static ulong Stripes(ref ReadOnlySpan<byte> bytes, ulong seed)
    {
        var a = seed + Prime1 + Prime2;
        var b = seed + Prime2;
        var c = seed;
        var d = seed - Prime1;
        while (bytes.Length >= 32)
        {
            a = Round(a, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            b = Round(b, BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
            c = Round(c, BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]));
            d = Round(d, BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]));
            bytes = bytes[32..];
        }
        var hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7)
            + BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18);
        return MergeRound(MergeRound(MergeRound(MergeRound(hash, a), b), c), d);
    }

    private static ulong Tail(ReadOnlySpan<byte> bytes, ulong hash)
    {
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            hash ^= Round(0, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            hash = BitOperations.RotateLeft(hash, 27) * Prime1 + Prime4;
        }
        if (bytes.Length >= 4)
        {
            hash ^= BinaryPrimitives.ReadUInt32LittleEndian(bytes) * Prime1;
            hash = BitOperations.RotateLeft(hash, 23) * Prime2 + Prime3;
            bytes = bytes[4..];
        }
        foreach (var value in bytes)
        {
            hash ^= value * Prime5;
            hash = BitOperations.RotateLeft(hash, 11) * Prime1;
        }
        return hash;
    }

    private static ulong Round(ulong accumulator, ulong input) =>
        BitOperations.RotateLeft(accumulator + input * Prime2, 31) * Prime1;

    private static ulong MergeRound(ulong hash, ulong lane) => (hash ^ Round(0, lane)) * Prime1 + Prime4;

    private static ulong Avalanche(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * Prime2;
        hash = (hash ^ (hash >> 29)) * Prime3;
        return hash ^ (hash >> 32);
    }
}
