using DToC.Twin;

namespace DToC.Cli.Mapping;

/// <summary>What the closing report counts, before anything is sent.</summary>
internal sealed class ReplayCounts
{
    /// <summary>Most customers told apart; beyond it the report says "at least".</summary>
    public const int MaxCustomers = 10_000_000;

    private readonly HashSet<ulong> _customers = [];

    /// <summary>Lines read, headers left out.</summary>
    public long Lines { get; set; }

    /// <summary>Lines the mapping skips.</summary>
    public long LinesSkipped { get; set; }

    /// <summary>Lines without a customer.</summary>
    public long GuestLines { get; set; }

    /// <summary>Lines that are part of an event.</summary>
    public long LinesSent { get; set; }

    /// <summary>Events made.</summary>
    public long Events { get; set; }

    /// <summary>Lines by the mapping's conditions, in its order.</summary>
    public long[] NamedLines { get; init; } = [];

    /// <summary>Groups by the mapping's conditions, in its order.</summary>
    public long[] NamedGroups { get; init; } = [];

    /// <summary>Different groups.</summary>
    public long Groups { get; set; }

    /// <summary>Groups whose later rows had to become an event of their own.</summary>
    public long SplitGroups { get; set; }

    /// <summary>True once a split group could have gone unnoticed.</summary>
    public bool ForgotGroups { get; set; }

    /// <summary>Exact sum of the mapping's net over all lines.</summary>
    public decimal Net { get; set; }

    /// <summary>Exact sum of the mapping's net over the lines that have a customer.</summary>
    public decimal NetOfCustomers { get; private set; }

    /// <summary>Lines or events that could not be made, by reason.</summary>
    public SortedDictionary<string, (long Count, string First)> Unreadable { get; } = new(StringComparer.Ordinal);

    /// <summary>Different customers, at most <see cref="MaxCustomers"/>.</summary>
    public long Customers => _customers.Count;

    /// <summary>Takes a customer into account, and the net of the line that names it.</summary>
    public void SeeCustomer(string customer, decimal net = 0)
    {
        NetOfCustomers += net;
        if (_customers.Count < MaxCustomers)
            _customers.Add(StableHash.Of(customer));
    }

    /// <summary>
    /// Counts what cannot be read; <paramref name="where"/> is kept of the first of each reason.
    /// </summary>
    public void AddUnreadable(string reason, string where)
    {
        var (count, first) = Unreadable.GetValueOrDefault(reason, (0, where));
        Unreadable[reason] = (count + 1, first);
    }

    /// <summary>
    /// The report's lines, under the names of <paramref name="report"/>; null when there is no mapping.
    /// </summary>
    public IEnumerable<string> LinesOf(ReportTemplate? report, bool grouped)
    {
        yield return $"lines read: {Lines:N0}";
        if (report != null)
        {
            if (LinesSkipped > 0)
                yield return $"lines skipped: {LinesSkipped:N0}";
            yield return $"guest lines: {GuestLines:N0}";
            for (var i = 0; i < NamedLines.Length; i++)
                yield return $"{report.Lines[i].Name}: {NamedLines[i]:N0}";
        }
        yield return $"lines sent: {LinesSent:N0}";
        if (report != null && grouped)
        {
            yield return $"{report.GroupName}: {Groups:N0}{(ForgotGroups ? " or fewer" : "")}";
            for (var i = 0; i < NamedGroups.Length; i++)
                yield return $"{report.Groups[i].Name}: {NamedGroups[i]:N0}";
            if (SplitGroups > 0)
                yield return $"{report.GroupName} split (raise groupBy.openGroups): {SplitGroups:N0}";
        }
        yield return $"customers: {(Customers == MaxCustomers ? "at least " : "")}{Customers:N0}";
        if (report?.Net != null)
        {
            yield return $"net of all lines: {Exactly(Net)}";
            if (GuestLines > 0)
                yield return $"net of lines with a customer: {Exactly(NetOfCustomers)}";
        }
        yield return $"events: {Events:N0}";
        foreach (var (reason, (count, first)) in Unreadable)
            yield return $"unreadable: {count:N0}, {reason} (first: {first})";
    }

    // The division takes zeros off the end.
    private static string Exactly(decimal sum) => $"{sum:N2} (exactly {sum / 1.0000000000000000000000000000m})";
}
