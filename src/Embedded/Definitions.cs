using DToC.Embedded.Storage;
using DToC.Twin.Plan;
using Microsoft.Extensions.Logging;

namespace DToC.Embedded;

/// <summary>
/// The definition sources a folder keeps, by content hash, in its first file: the current one, and all that
/// stored states and journal entries may name.
/// </summary>
internal static class Definitions
{
    /// <summary>Compiles what is kept; a folder without a current definition takes the initial one.</summary>
    public static PlanCatalog Load(Database first, StoreReader reader, EmbeddedOptions options, ILogger log)
    {
        List<TwinPlan> plans = [];
        TwinPlan? current = null;
        foreach (var row in reader.Definitions())
        {
            var plan = options.LoadPlan(row.Source);
            if (plan.Hash != row.Hash)
            {
                throw new DataFolderException(
                    $"Stored definition {row.Hash:x16} has the content of {plan.Hash:x16}; restore a backup.");
            }
            plans.Add(plan);
            if (row.Current) current = plan;
        }
        if (current is null)
        {
            current = options.InitialPlan;
            Store(first, current, options.Time);
        }
        else if (!current.Source.Definition.Span.SequenceEqual(options.InitialPlan.Source.Definition.Span))
        {
            log.StoredDefinitionStays(current.Hash, options.InitialPlan.Hash);
        }
        return new PlanCatalog(current, plans);
    }

    /// <summary>Writes a definition as the current one.</summary>
    public static void Store(Database database, TwinPlan plan, TimeProvider time)
    {
        using var retire = new Statement(database.Handle, "UPDATE definition SET current=0 WHERE current<>0");
        retire.Run();
        using var insert = new Statement(database.Handle, """
            INSERT INTO definition(hash, added, current, source) VALUES(?,?,1,?)
            ON CONFLICT DO UPDATE SET current=1
            """);
        insert.Bind(1, unchecked((long)plan.Hash)).Bind(2, time.GetUtcNow().ToUnixTimeMilliseconds())
            .Bind(3, plan.Source.Bytes.Span).Run();
    }
}
