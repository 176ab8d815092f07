namespace DToC.Fuzz.Mutation;

/// <summary>Cuts pieces out of a failing input as long as it still fails.</summary>
internal static class Shrinking
{
    private const int MaxTries = 2_000;

    public static byte[] Of(byte[] input, Func<byte[], bool> fails)
    {
        var tries = 0;
        for (var piece = Math.Max(1, input.Length / 2); piece >= 1; piece /= 2)
        {
            for (var at = 0; at + piece <= input.Length && tries < MaxTries;)
            {
                tries++;
                byte[] less = [.. input[..at], .. input[(at + piece)..]];
                if (fails(less)) input = less;
                else at += piece;
            }
        }
        return input;
    }
}
