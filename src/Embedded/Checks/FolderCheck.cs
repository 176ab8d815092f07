using System.Diagnostics;
using System.Globalization;
using DToC.Embedded.Sealing;
using DToC.Embedded.Storage;

namespace DToC.Embedded.Checks;

/// <summary>
/// Looks through a data folder and says what is not as it should be; changes nothing, and may run beside the process
/// that uses the folder: it sees one moment of all files.
/// </summary>
public static class FolderCheck
{
    /// <summary>Checks a folder.</summary>
    /// <param name="options">The folder, the kinds of grain, and how definitions are compiled.</param>
    /// <param name="deep">Whether each twin is compared with a refold of its journal.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="DataFolderException">It is no data folder, or of an older or newer format.</exception>
    /// <exception cref="StoreException">The disk failed, or the files are held by another process.</exception>
    public static CheckReport Run(EmbeddedOptions options, bool deep, CancellationToken cancellation)
    {
        var begun = Stopwatch.GetTimestamp();
        var folder = Path.GetFullPath(options.DataFolder);
        var record = DataFolder.ReadRecord(folder);
        if (record.Format != Schema.Version)
        {
            throw new DataFolderException(
                $"'{folder}' has format {record.Format}, which 'dtoc upgrade' or the next start leads to "
                + $"{Schema.Version}. Check it after that.");
        }
        var findings = new Findings();
        using var seals = Seals.OpenBeside(options);
        using var snapshot = FolderSnapshot.Open(folder, record.Partitions, options, seals);
        CheckFiles(folder, record, findings);
        var definitions = new DefinitionCheck(findings).Run(snapshot.Find(0), options);
        var figures = new List<PartitionFigures>();
        for (var i = 0; i < record.Partitions; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var partition = new PartitionFigures { Partition = i };
            figures.Add(partition);
            if (snapshot.FailureOf(i) is { } failure) findings.Add(FindingKind.Pages, i, failure.Message);
            if (snapshot.Find(i) is not { } reader) continue;
            new PartitionCheck(reader, record, options, definitions, seals, partition, findings).Run(cancellation);
        }
        var isUnused = definitions.Known.Count == 0 && figures.TrueForAll(partition => partition.Grains == 0);
        if (definitions.InForce != 1 && !isUnused)
            findings.Add(FindingKind.Reference, 0, $"{definitions.InForce} definitions are in force; one should be.");
        if (deep) new RefoldCheck(snapshot, definitions.Plans, options, figures, findings).Run(cancellation);
        return new CheckReport
        {
            Folder = folder,
            FolderId = record.FolderId,
            Format = record.Format,
            Partitions = figures,
            Findings = findings.Listed,
            FindingCount = findings.Count,
            Seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds,
        };
    }

    private static void CheckFiles(string folder, FolderRecord record, Findings findings)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "partition-*.db"))
        {
            var digits = Path.GetFileNameWithoutExtension(file)["partition-".Length..];
            if (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number < record.Partitions) continue;
            findings.Add(FindingKind.Identity, null,
                $"'{Path.GetFileName(file)}' belongs to no partition: the folder has {record.Partitions}.");
        }
    }
}
