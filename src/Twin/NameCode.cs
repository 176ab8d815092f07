namespace DToC.Twin;

/// <summary>
/// A name as a number that a vector of doubles holds exactly: the upper 53 bits of its hash. It is the same in every
/// definition, so a model that knows names by it does not mind their order.
/// </summary>
public static class NameCode
{
    private const int Spare = 64 - 53;

    /// <summary>The code of a name, a whole number from 0 and below 2^53.</summary>
    public static double Of(string name) => Of(StableHash.Of(name));

    /// <summary>The code of a name with a hash.</summary>
    public static double Of(ulong hash) => hash >> Spare;
}
