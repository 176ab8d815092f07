using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using DToC.Grains;
using DToC.Learn.Simulating;
using DToC.Twin.State;

namespace DToC.Http.Simulations;

/// <summary>A result as it is kept.</summary>
/// <param name="Json">What it says, without customers' ids.</param>
/// <param name="Worlds">What each world came to.</param>
internal sealed record KeptResult(ReadOnlyMemory<byte> Json, ReadOnlyMemory<byte> Worlds)
{
    /// <summary>Both as one.</summary>
    public ReadOnlyMemory<byte> ToBytes()
    {
        var output = new ArrayBufferWriter<byte>(Json.Length + Worlds.Length + 16);
        var writer = new BinaryFormWriter(output);
        writer.Bytes(Json.Span);
        writer.Bytes(Worlds.Span);
        return output.WrittenMemory;
    }

    /// <summary>Reads both.</summary>
    public static KeptResult FromBytes(ReadOnlySpan<byte> bytes)
    {
        var reader = new BinaryFormReader(bytes);
        var kept = new KeptResult(reader.Bytes().ToArray(), reader.Bytes().ToArray());
        reader.End();
        return kept;
    }
}

/// <summary>The simulations that are kept: reads and writes their table.</summary>
internal sealed class SimulationTable(ITwinHost host, HttpOptions options, TimeProvider time)
{
    /// <summary>Most bytes of a result, and of a state on the way.</summary>
    public const int MostBytes = SimulationsGrain.MaxParts * SimulationsGrain.MaxPartBytes;

    /// <summary>Whether a text can be an id; others are none's.</summary>
    public static bool IsId(string id) => Guid.TryParseExact(id, "N", out _) && !id.Any(char.IsAsciiLetterUpper);

    /// <summary>All of them, by rising id.</summary>
    public async ValueTask<IReadOnlyList<SimulationHeader>> ListAsync(CancellationToken cancellation) =>
    [
        .. (await host.ReadRowsAsync(
            SimulationsGrain.Key, SimulationsGrain.HeaderPrefix, SimulationsGrain.MaxKept, cancellation))
            .TakeWhile(row => row.Row.StartsWith(SimulationsGrain.HeaderPrefix, StringComparison.Ordinal))
            .Select(row => SimulationHeader.Read(row.Value.Span)),
    ];

    /// <summary>One of them, or null.</summary>
    public async ValueTask<SimulationHeader?> FindAsync(string id, CancellationToken cancellation) =>
        IsId(id) && await RowAsync(SimulationsGrain.HeaderRow(id), cancellation) is { } row
            ? SimulationHeader.Read(row.Span)
            : null;

    /// <summary>What one was asked for, the customers who are not erased among it.</summary>
    /// <exception cref="InvalidDataException">It cannot be read by this build.</exception>
    public async ValueTask<SimulationRequest> RequestAsync(string id, CancellationToken cancellation)
    {
        var row = await RowAsync(SimulationsGrain.RequestRow(id), cancellation)
            ?? throw new InvalidDataException($"The request of simulation {id} is gone.");
        var read = SimulationRequestReader.Read(Envelope.Open(row.Span), "request");
        var request = read.Request ?? throw new InvalidDataException(read.Fault);
        if (request.Population.Customers is null) return request;
        var asked = await NamedAsync(SimulationsGrain.AskedRow(id), cancellation);
        return request with
        {
            Population = request.Population with { Customers = [.. asked.Select(named => named.Customer)] },
        };
    }

    /// <summary>Adds one that waits for its turn.</summary>
    public ValueTask<Reply> AddAsync(
        SimulationHeader header, SimulationRequest request, CancellationToken cancellation)
    {
        IReadOnlyList<NamedCustomer> asked =
            [.. (request.Population.Customers ?? []).Select(customer => new NamedCustomer(customer, default))];
        // Whoever is named stands in a row of its own; none left is not the same as nobody named.
        var rest = asked.Count == 0 ? request
            : request with { Population = request.Population with { Customers = [] } };
        return host.SendAsync(
            SimulationsGrain.Key, new SimulationsMessage.Add(header, SimulationRequestReader.Write(rest), asked),
            cancellation);
    }

    /// <summary>Customers named in a row; none when there is no such row.</summary>
    public async ValueTask<IReadOnlyList<NamedCustomer>> NamedAsync(string row, CancellationToken cancellation) =>
        await RowAsync(row, cancellation) is { } value ? NamedCustomers.Read(value.Span) : [];

    /// <summary>The result of one, or null.</summary>
    public async ValueTask<KeptResult?> ResultAsync(SimulationHeader header, CancellationToken cancellation)
    {
        if (header.ResultParts == 0) return null;
        var bytes = await PartsAsync(
            header.ResultParts, part => SimulationsGrain.ResultRow(header.Id, part), cancellation);
        return bytes is null ? null : KeptResult.FromBytes(bytes);
    }

    /// <summary>The state that one can go on from, or null.</summary>
    public async ValueTask<byte[]?> KeptAsync(SimulationHeader header, CancellationToken cancellation) =>
        header.KeptParts == 0 ? null : await PartsAsync(
            header.KeptParts, part => SimulationsGrain.KeptRow(header.Id, header.Generation, part), cancellation);

    /// <summary>Keeps a state to go on from; one that is too long is not kept.</summary>
    /// <returns>False when there is no such simulation any more.</returns>
    public async ValueTask<bool> KeepAsync(
        string id, int generation, ReadOnlyMemory<byte> state, int pathsDone, SimulationGround ground,
        CancellationToken cancellation)
    {
        if (state.Length > MostBytes) return true;
        var parts = PartsOf(state);
        foreach (var part in parts)
        {
            var added = await SendAsync(new SimulationsMessage.AddKept(id, generation, part), cancellation);
            if (!added) return false;
        }
        return await SendAsync(
            new SimulationsMessage.Keep(id, generation, parts.Count, pathsDone, ground), cancellation);
    }

    /// <summary>Ends one, with its result where there is one.</summary>
    /// <returns>False when there is no such simulation any more.</returns>
    public async ValueTask<bool> EndAsync(
        SimulationsMessage.End end, KeptResult? result, CancellationToken cancellation)
    {
        IReadOnlyList<SimulationPart> parts = result is null ? [] : PartsOf(result.ToBytes());
        foreach (var part in parts)
        {
            if (!await SendAsync(new SimulationsMessage.AddResult(end.Id, part), cancellation)) return false;
        }
        return await SendAsync(end with { ResultParts = parts.Count }, cancellation);
    }

    /// <summary>Tells the table something, again and again while the host is busy.</summary>
    /// <returns>False when there is no such simulation, or it has ended.</returns>
    /// <exception cref="InvalidOperationException">The host does not take it.</exception>
    public async ValueTask<bool> SendAsync(GrainMessage message, CancellationToken cancellation)
    {
        while (true)
        {
            switch (await host.SendAsync(SimulationsGrain.Key, message, cancellation))
            {
                case Reply.Done:
                    return true;
                case SimulationsReply.NotOpen:
                    return false;
                case Reply.Busy busy:
                    await Task.Delay(busy.RetryAfter, time, cancellation);
                    break;
                case Reply.Unavailable:
                    await Task.Delay(options.RetryAfterUnavailable, time, cancellation);
                    break;
                case var other:
                    throw new InvalidOperationException($"The table of simulations answered {other}.");
            }
        }
    }

    /// <summary>A request as JSON.</summary>
    public static JsonNode? ToJson(SimulationRequest request) =>
        JsonNode.Parse(SimulationRequestReader.Write(request), documentOptions: new JsonDocumentOptions
        {
            MaxDepth = 64,
        });

    private static List<SimulationPart> PartsOf(ReadOnlyMemory<byte> bytes)
    {
        List<SimulationPart> parts = [];
        for (var from = 0; from < bytes.Length; from += SimulationsGrain.MaxPartBytes)
        {
            parts.Add(new SimulationPart(
                parts.Count, bytes.Slice(from, Math.Min(SimulationsGrain.MaxPartBytes, bytes.Length - from))));
        }
        return parts;
    }

    private async ValueTask<byte[]?> PartsAsync(int count, Func<int, string> rowOf, CancellationToken cancellation)
    {
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        for (var part = 0; part < count; part++)
        {
            // Gone meanwhile: it was removed, or has ended.
            if (await RowAsync(rowOf(part), cancellation) is not { } row) return null;
            output.Write(Envelope.Open(row.Span));
        }
        return output.WrittenSpan.ToArray();
    }

    private ValueTask<ReadOnlyMemory<byte>?> RowAsync(string row, CancellationToken cancellation) =>
        host.ReadRowAsync(SimulationsGrain.Key, row, cancellation);
}
