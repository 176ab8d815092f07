namespace DToC.Embedded.Checks;

/// <summary>Gathers findings up to a limit and counts the others.</summary>
internal sealed class Findings
{
    private readonly List<Finding> _listed = [];

    public IReadOnlyList<Finding> Listed => _listed;

    public long Count { get; private set; }

    public void Add(FindingKind kind, int? partition, string what)
    {
        Count++;
        if (_listed.Count < CheckReport.MostFindings) _listed.Add(new Finding(kind, partition, what));
    }
}
