using System.Globalization;
using DToC.Embedded.Storage;

namespace DToC.Embedded.Repair;

/// <summary>Gathers what could not be saved, by reason.</summary>
internal sealed class Losses
{
    private readonly List<(string Reason, List<string> Names, long Count)> _byReason = [];

    public bool Any => _byReason.Count > 0;

    public void Add(string reason, string name)
    {
        var place = _byReason.FindIndex(loss => loss.Reason == reason);
        if (place < 0)
        {
            _byReason.Add((reason, [name], 1));
            return;
        }
        var (_, names, count) = _byReason[place];
        if (names.Count < PartitionRebuild.MostNamed) names.Add(name);
        _byReason[place] = (reason, names, count + 1);
    }

    public void Add(string table, IEnumerable<Gap> gaps)
    {
        foreach (var gap in gaps)
        {
            Add($"stretches of {table} that cannot be read", gap.To is { } to
                ? string.Create(CultureInfo.InvariantCulture, $"rows {gap.From} to {to - 1}")
                : string.Create(CultureInfo.InvariantCulture, $"rows from {gap.From} on"));
        }
    }

    /// <summary>A line a reason.</summary>
    public IReadOnlyList<string> Lines() => _byReason.ConvertAll(loss => string.Create(
        CultureInfo.InvariantCulture,
        $"{loss.Reason}: {loss.Count} ({string.Join(", ", loss.Names)}")
        + (loss.Count > loss.Names.Count ? ", ...)" : ")"));
}
