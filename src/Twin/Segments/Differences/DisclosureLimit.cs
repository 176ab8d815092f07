namespace DToC.Twin.Segments.Differences;

/// <summary>
/// How few customers something may be told of. What is said of fewer could be put down to one of them by somebody who
/// knows the others.
/// </summary>
public static class DisclosureLimit
{
    /// <summary>Customers that a mean, sum, quantile or share is told of, at least.</summary>
    public const int LeastCustomers = 5;

    /// <summary>Whether a mean over so many may be told.</summary>
    public static bool Tells(long customers) => customers >= LeastCustomers;

    /// <summary>
    /// Whether it may be told that so many of so many have something: nobody or everybody, or enough of both sorts.
    /// </summary>
    public static bool Tells(long have, long of) =>
        Tells(of) && (have == 0 || have == of || (Tells(have) && Tells(of - have)));
}
