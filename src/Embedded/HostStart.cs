using DToC.Embedded.Erasures;
using DToC.Embedded.Sealing;
using DToC.Embedded.Storage;
using DToC.Embedded.Turns;
using DToC.Embedded.Vaults;
using Microsoft.Extensions.Logging;

namespace DToC.Embedded;

/// <summary>Opens all a host needs, or nothing.</summary>
internal static class HostStart
{
    public static EmbeddedHost Run(EmbeddedOptions options, ILogger log)
    {
        var folder = DataFolder.Open(options, log);
        var writers = new Database?[folder.Partitions];
        VaultFile? vault = null;
        Seals? seals = null;
        try
        {
            vault = VaultFile.Open(options, folder.Record.Vault);
            folder.BelongTo(vault.Id);
            seals = Seals.Open(options, vault);
            if (folder.IsNew)
            {
                for (var i = 0; i < writers.Length; i++) PartitionFile.Create(folder, i, options);
                folder.MarkReady();
            }
            OpenAll(folder, writers, options, log);
            if (folder.IsOlder) folder.MarkReady();
            return Compose(folder, vault, seals, writers!, options, log); // each was opened
        }
        catch
        {
            foreach (var writer in writers) writer?.Dispose();
            seals?.Dispose();
            vault?.Dispose();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Side by side: after a crash each looks through its log and pages.</summary>
    private static void OpenAll(DataFolder folder, Database?[] writers, EmbeddedOptions options, ILogger log)
    {
        try
        {
            Parallel.For(0, writers.Length, i => writers[i] = PartitionFile.Open(folder, i, options, log));
        }
        catch (AggregateException exception)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }
    }

    private static EmbeddedHost Compose(
        DataFolder folder, VaultFile vault, Seals seals, Database[] writers, EmbeddedOptions options, ILogger log)
    {
        using var reader = new StoreReader(folder.FileOf(0), options, seals);
        var plans = Definitions.Load(writers[0], reader, options, log);
        var stopping = new CancellationTokenSource();
        var context = new HostContext(options, log, folder.Record, vault, seals, plans) { Stopping = stopping.Token };
        // Nothing is served before it is known.
        context.Ledger.IsApplied = writers.All(writer => Erasing.IsAppliedIn(writer, context.Ledger));
        for (var i = 0; i < writers.Length; i++)
            context.Partitions[i] = new Partition(context, i, folder.FileOf(i), writers[i]);
        return new EmbeddedHost(context, folder, stopping);
    }
}
