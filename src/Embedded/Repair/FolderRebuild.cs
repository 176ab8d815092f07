using DToC.Embedded.Checks;
using DToC.Embedded.Sealing;
using DToC.Embedded.Storage;
using DToC.Embedded.Vaults;
using DToC.Twin.Plan;

namespace DToC.Embedded.Repair;

/// <summary>
/// Saves what can be saved of damaged partitions: everything that is as it was written goes into a new file, states
/// that cannot be read are made anew from checkpoint and journal, and the new file takes the place of the damaged
/// one, which is kept. What could not be saved is said.
/// </summary>
public static class FolderRebuild
{
    /// <summary>Rebuilds a folder that no process uses.</summary>
    /// <param name="options">The folder, the kinds of grain, and how definitions are compiled.</param>
    /// <param name="partition">The partition to rebuild; null for those that a check finds fault with.</param>
    /// <param name="refold">Whether states that can be read are folded anew too.</param>
    /// <param name="cancellation">Gives up; partitions that were not done are as they were.</param>
    /// <exception cref="DataFolderException">The folder is in use, or nothing of a partition can be
    /// read.</exception>
    /// <exception cref="StoreException">A file could not be read or written.</exception>
    public static RebuildReport Run(
        EmbeddedOptions options, int? partition, bool refold, CancellationToken cancellation)
    {
        using var folder = DataFolder.OpenExisting(options.DataFolder);
        if (partition is { } asked && (asked < 0 || asked >= folder.Partitions))
            throw new DataFolderException($"There is no partition {asked}: the folder has {folder.Partitions}.");
        var check = FolderCheck.Run(options, deep: false, cancellation);
        using var vault = folder.Record.Vault is { } id ? VaultFile.Open(options, id) : null;
        using var seals = vault is null ? Seals.Off : Seals.Open(options, vault);
        var chosen = partition is { } one
            ? [one]
            : check.Findings.Select(finding => finding.Partition).OfType<int>().Distinct().Order().ToList();
        List<PartitionRebuild> done = [];
        foreach (var number in chosen)
        {
            cancellation.ThrowIfCancellationRequested();
            done.Add(Rebuild(folder, number, options, seals, refold, cancellation));
        }
        return new RebuildReport(done);
    }

    private static PartitionRebuild Rebuild(
        DataFolder folder, int number, EmbeddedOptions options, Seals seals, bool refold,
        CancellationToken cancellation)
    {
        var prepared = FolderSwap.Prepare(folder.Location);
        var name = DataFolder.NameOf(number);
        var aside = FolderRepartition.AsideName($"damaged-partition-{number:D3}", options.Time);
        PartitionRebuild report;
        using (var snapshot = FolderSnapshot.Open(folder.Location, folder.Partitions, options, seals))
        {
            if (snapshot.Find(number) is not { } damaged)
            {
                throw new DataFolderException(
                    $"Nothing of '{name}' can be read ({snapshot.FailureOf(number)?.Message}); restore a backup.");
            }
            var plans = PlansOf(snapshot, options);
            var path = Path.Combine(prepared, name);
            var salvage = new PartitionSalvage(snapshot, number, folder.Record, plans, options, seals, refold);
            report = salvage.Run(damaged, path, cancellation) with { Aside = Path.Combine(folder.Location, aside) };
            Verify(path, folder.Record, number, plans, options, seals, cancellation);
        }
        new FolderSwap(aside, [.. FolderSwap.FilesOf(folder.Location, name)], [name]).Run(folder.Location);
        return report;
    }

    private static KeptDefinitions PlansOf(FolderSnapshot snapshot, EmbeddedOptions options)
    {
        var findings = new Findings();
        var plans = new DefinitionCheck(findings).Run(snapshot.Find(0), options);
        return findings.Count == 0 && plans.InForce == 1
            ? plans
            : throw new DataFolderException(
                "The definitions in partition 0 cannot be read, without which no state can be: restore a backup.");
    }

    private static void Verify(
        string path, FolderRecord folder, int number, KeptDefinitions plans, EmbeddedOptions options, Seals seals,
        CancellationToken cancellation)
    {
        using var reader = new StoreReader(Database.OpenBeside(path, options), seals);
        var findings = new Findings();
        var figures = new PartitionFigures { Partition = number };
        new PartitionCheck(reader, folder, options, plans, seals, figures, findings).Run(cancellation);
        foreach (var finding in findings.Listed)
        {
            // What the damaged file referred to in vain, the new one may too.
            if (finding.Kind is not (FindingKind.Reference or FindingKind.Sequence))
                throw new InvalidDataException($"The new file is not sound, so the old one stays: {finding.What}");
        }
    }
}
