using System.CommandLine;
using System.Globalization;
using DToC.Cli.Folders;
using DToC.Embedded.Erasures;
using DToC.Grains;

namespace DToC.Cli.Commands;

/// <summary><c>dtoc erase</c>: erases a customer of a folder, and searches for what is left.</summary>
internal sealed class EraseCommand
{
    private readonly Argument<string> _customer = new("CUSTOMER") { Description = "The customer's id." };
    private readonly FolderArgument _folder =
        new("Data folder. To erase, no server may be using it: ask that with DELETE /v1/twins/ID.");

    private readonly Option<bool> _verify = new("--verify")
    {
        Description = "Search every file and every record for the customer afterwards; beside a server too, when the "
            + "customer is erased already.",
    };

    private readonly Option<string[]> _in = new("--in")
    {
        Description = "With --verify: a further folder to search, a backup for example.",
    };

    private readonly Option<string[]> _text = new("--text")
    {
        Description = "With --verify: a further text of the customer that may stand nowhere, for example an address.",
    };

    private EraseCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var erase = new EraseCommand();
        var command = new Command("erase",
            $"Erase a customer, and prove it: exit code {ExitCode.Ok} when nothing is left, {ExitCode.Damaged} when "
            + "something is.")
        {
            erase._verify, erase._in, erase._text,
        };
        erase._folder.AddTo(command);
        command.Arguments.Add(erase._customer);
        command.SetAction(erase.Run);
        return command;
    }

    private async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        var options = _folder.Of(parsed);
        var customer = parsed.GetValue(_customer) ?? "";
        var output = parsed.InvocationConfiguration.Output;
        List<string> texts = [customer, .. parsed.GetValue(_text) ?? []];
        var isVerified = parsed.GetValue(_verify);
        if (!isVerified || !FolderSearch.IsErased(options, customer))
        {
            await using var host = HostFolder.OpenToErase(options, parsed.InvocationConfiguration.Error);
            var subject = await CustomerSubject.FindAsync(host, host.Plans, customer, cancellation);
            var receipt = await EraseAsync(host, subject, customer, cancellation);
            await output.WriteLineAsync($"erased: {receipt.Token}, {Say(receipt.Removed.Total)} records");
            await output.WriteLineAsync($"subjects: {string.Join(' ', receipt.Subjects)}");
            await output.WriteLineAsync($"signature: {receipt.Signature}");
            texts.AddRange(subject.Customers.Where(id => id != customer));
            texts.AddRange(subject.Identifiers.Select(identifier => identifier.Value));
        }
        if (!isVerified) return ExitCode.Ok;
        var report = FolderSearch.Run(options, customer, texts, parsed.GetValue(_in) ?? [], cancellation);
        await output.WriteLineAsync(
            $"searched: {Say(report.Files)} files, {Say(report.Bytes)} bytes, {Say(report.Records)} records");
        await output.WriteLineAsync($"unreadable: {Say(report.Unreadable)} records, sealed with a key that is gone");
        await output.WriteLineAsync(
            $"closed: {(report.IsClosed ? "yes" : "no: the ledger does not name this customer")}");
        foreach (var place in report.Found) await output.WriteLineAsync($"found: {place}");
        if (report.Found.Count == 0) await output.WriteLineAsync("found: nowhere");
        return report is { IsClosed: true, Found.Count: 0 } ? ExitCode.Ok : ExitCode.Damaged;
    }

    private static async Task<ErasureReceipt> EraseAsync(
        ITwinHost host, DataSubject subject, string customer, CancellationToken cancellation)
    {
        if (host.IsErased(GrainKey.Customer(customer)))
        {
            throw new CommandFailure(
                ExitCode.Usage, $"'{customer}' was erased before; --verify searches for what is left.");
        }
        await foreach (var _ in host.ReadKeptAsync(subject, cancellation))
            return await host.EraseAsync(subject, "dtoc erase", cancellation);
        throw new CommandFailure(ExitCode.Usage, $"nothing of a customer '{customer}' is kept.");
    }

    private static string Say(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
