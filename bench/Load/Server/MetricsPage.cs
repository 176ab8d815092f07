using System.Globalization;

namespace DToC.Load.Server;

/// <summary>What a server's <c>/metrics</c> said at a moment.</summary>
internal sealed class MetricsPage
{
    private readonly string[] _lines;

    private MetricsPage(string text) => _lines = text.Split('\n');

    public static async Task<MetricsPage> ReadAsync(HttpClient client, CancellationToken cancellation) =>
        new(await client.GetStringAsync("/metrics", cancellation));

    /// <summary>The sum of a metric over its labels; 0 when there is none of that name.</summary>
    public double Sum(string name) => _lines
        .Where(line => line.StartsWith(name, StringComparison.Ordinal)
            && line.Length > name.Length && line[name.Length] is ' ' or '{')
        .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    /// <summary>Turns behind each commit since an earlier moment.</summary>
    public double TurnsOfCommitSince(MetricsPage before) =>
        (Sum("dtoc_turns_total") - before.Sum("dtoc_turns_total"))
        / Math.Max(1, Sum("dtoc_commits_total") - before.Sum("dtoc_commits_total"));
}
