using DToC.Embedded.Storage;
using DToC.Twin.Plan;

namespace DToC.Embedded.Checks;

/// <summary>The definitions of a folder, as far as they can be read.</summary>
/// <param name="Plans">Those that compile; where none is in force, with the one given for a new folder.</param>
/// <param name="Known">Content hashes of all that are kept.</param>
/// <param name="InForce">How many are in force; one should be, none in a folder that was never started.</param>
internal sealed record KeptDefinitions(PlanCatalog Plans, IReadOnlySet<ulong> Known, int InForce);

/// <summary>Checks that the definitions kept are what their hashes say.</summary>
internal sealed class DefinitionCheck(Findings findings)
{
    public KeptDefinitions Run(StoreReader? first, EmbeddedOptions options)
    {
        List<TwinPlan> plans = [];
        HashSet<ulong> known = [];
        List<TwinPlan> current = [];
        foreach (var row in RowsOf(first))
        {
            known.Add(row.Hash);
            try
            {
                var plan = options.LoadPlan(row.Source);
                if (plan.Hash != row.Hash)
                {
                    findings.Add(FindingKind.Checksum, 0,
                        $"Definition {row.Hash:x16} has the content of {plan.Hash:x16}; restore a backup.");
                    continue;
                }
                plans.Add(plan);
                if (row.Current) current.Add(plan);
            }
            catch (InvalidDataException exception)
            {
                findings.Add(FindingKind.Unreadable, 0, $"Definition {row.Hash:x16}: {exception.Message}");
            }
        }
        var catalog = new PlanCatalog(current.Count > 0 ? current[0] : options.InitialPlan, plans);
        return new KeptDefinitions(catalog, known, current.Count);
    }

    private List<DefinitionRow> RowsOf(StoreReader? first)
    {
        try
        {
            return first?.Definitions() ?? [];
        }
        catch (StoreException exception) when (exception.Damaged)
        {
            findings.Add(FindingKind.Pages, 0, $"The definitions cannot be read: {exception.Message}.");
            return [];
        }
    }
}
