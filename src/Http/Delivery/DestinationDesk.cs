using System.Text;
using DToC.Grains;
using DToC.Http.Delivery.Queues;
using DToC.Http.Delivery.Webhooks;
using DToC.Http.Problems;
using DToC.Twin;

namespace DToC.Http.Delivery;

/// <summary>Makes, changes and removes destinations: their settings, what waits for them, and their queues.</summary>
internal sealed class DestinationDesk(
    ConnectorTable table, DeliveryEngine engine, ITwinHost host, HttpOptions options, TimeProvider time)
{
    private Instant Now => Instant.From(time.GetUtcNow());

    /// <summary>All that can be read.</summary>
    public async ValueTask<IReadOnlyList<Destination>> ListAsync(CancellationToken cancellation) =>
        [.. (await table.ListAsync(ConnectorRole.Destination, cancellation)).Select(Destination.Of)];

    /// <summary>The one of a name, or null.</summary>
    public async ValueTask<Destination?> FindAsync(string name, CancellationToken cancellation) =>
        DestinationCheck.IsName(name)
        && await table.FindAsync(ConnectorRole.Destination, name, cancellation) is { } connector
            ? Destination.Of(connector) : null;

    /// <summary>A destination as it is shown.</summary>
    public DestinationForm FormOf(Destination destination) => DestinationForm.Of(
        destination, engine.StatusOf(destination.Name) ?? DestinationPump.Idle(destination), Now);

    /// <summary>Makes or changes one; the queue goes by it when this ends.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="wanted">What it is to be.</param>
    /// <param name="before">As it was; null for a new one. Secrets that are not given stay.</param>
    /// <param name="cancellation">Gives up before anything is done.</param>
    public async ValueTask<(ProblemResult? Problem, ChangedDestinationForm? Changed)> PutAsync(
        string name, DestinationRequest wanted, Destination? before, CancellationToken cancellation)
    {
        if (DestinationCheck.Problem(wanted, host.Plans.Current) is { } wrong)
            return (new ProblemResult(ProblemKind.NotPossible, wrong), null);
        if (before is not null && before.Settings.Kind != wanted.Kind)
            return (new ProblemResult(ProblemKind.NotPossible, "The kind of a destination does not change."), null);
        var (secrets, made) = SecretsOf(wanted, before);
        var connector = new Connector(ConnectorRole.Destination, name, DestinationCheck.Stored(wanted))
        {
            Created = before?.Connector.Created ?? Now,
            Secrets = secrets,
        };
        var destination = Destination.Of(connector);
        var newTopics = destination.Topics.Except(before?.Topics ?? []).ToList();
        var reply = await table.SendAsync(new ConnectorsMessage.Put(connector, before is null), cancellation);
        if (ProblemOf(reply, name) is { } problem) return (problem, null);
        var placed = Reply.Done.Instance as Reply;
        // It is set: whoever asked may have gone, and the queue goes by it all the same.
        await engine.ApplyAsync(name, isNew: before is null, CancellationToken.None, async () =>
        {
            // Of one that had this name before, should its end have been interrupted: none of it goes to this one.
            if (before is null && await ClearAsync(name) is not DeliveriesReply.Moved and var busy)
            {
                placed = busy;
                return;
            }
            // Written down before the queue begins: started again, it begins there and not earlier.
            var place = wanted.From == "beginning" ? Published.Beginning : PumpSource.PlaceOf(Now);
            if (newTopics.Count == 0) return;
            var settle = new DeliveriesMessage.Settle
            {
                Places = [.. newTopics.Select(topic => new TopicPlace(topic, place))],
            };
            placed = await host.SendAsync(DeliveriesGrain.KeyOf(name), settle, CancellationToken.None);
        });
        if (placed is not (Reply.Done or DeliveriesReply.Settled)) return (ProblemResult.Of(placed, options), null);
        return (null, new ChangedDestinationForm(FormOf(destination), made));
    }

    /// <summary>Signs with another secret from now on; the one before signs too for a while.</summary>
    public async ValueTask<(ProblemResult? Problem, RotationForm? Form)> RotateAsync(
        Destination destination, string? given, TimeSpan overlap, CancellationToken cancellation)
    {
        var (now, until) = (Now, Instant.From(time.GetUtcNow() + overlap));
        var secret = given is null ? SigningSecret.New() : SigningSecret.Parse(given) ?? [];
        // Those that are ending end as was said; no more than two are kept beside the new one.
        var kept = destination.Connector.SecretsOf(Destination.SigningName, now).Take(2)
            .Select(former => former.Until < until ? former : former with { Until = until });
        var others = destination.Connector.Secrets.Where(other => other.Name != Destination.SigningName);
        var connector = destination.Connector with
        {
            Secrets = [new ConnectorSecret(Destination.SigningName, secret, Instant.Forever), .. kept, .. others],
        };
        var reply = await table.SendAsync(new ConnectorsMessage.Put(connector, IsNew: false), cancellation);
        if (ProblemOf(reply, destination.Name) is { } problem) return (problem, null);
        await engine.ApplyAsync(destination.Name, isNew: false, CancellationToken.None);
        return (null, new RotationForm(given is null ? SigningSecret.TextOf(secret) : null, until));
    }

    /// <summary>Removes one with all that waits for it; null when it is done.</summary>
    public async ValueTask<ProblemResult?> RemoveAsync(string name, CancellationToken cancellation)
    {
        if (!DestinationCheck.IsName(name)) return NotFound(name);
        var reply = await table.SendAsync(
            new ConnectorsMessage.Remove(ConnectorRole.Destination, name), cancellation);
        if (ProblemOf(reply, name) is { } problem) return problem;
        Reply cleared = Reply.Done.Instance;
        await engine.ApplyAsync(name, isNew: false, CancellationToken.None, async () =>
        {
            cleared = await ClearAsync(name);
        });
        return cleared is DeliveriesReply.Moved ? null : ProblemResult.Of(cleared, options);
    }

    /// <summary>Moves or removes dead letters while the queue stands still, then it takes up what waits.</summary>
    public async ValueTask<(ProblemResult? Problem, DeadLetterCount? Count)> ForDeadAsync(
        string name, DeliveriesMessage message, CancellationToken cancellation)
    {
        var (count, isAll, last) = (0, true, (Reply)Reply.Done.Instance);
        await engine.ApplyAsync(name, isNew: false, cancellation, async () =>
        {
            do
            {
                last = await host.SendAsync(DeliveriesGrain.KeyOf(name), message, CancellationToken.None);
                if (last is not DeliveriesReply.Moved moved) return;
                (count, isAll) = (count + moved.Count, moved.IsAll);
                if (moved.Count == 0) return;
            }
            while (!isAll);
        });
        return last is DeliveriesReply.Moved
            ? (null, new DeadLetterCount(count, isAll)) : (ProblemResult.Of(last, options), null);
    }

    private async Task<Reply> ClearAsync(string name)
    {
        Reply cleared;
        do
        {
            cleared = await host.SendAsync(
                DeliveriesGrain.KeyOf(name), new DeliveriesMessage.Clear(), CancellationToken.None);
        }
        while (cleared is DeliveriesReply.Moved { IsAll: false });
        return cleared;
    }

    /// <summary>The answer when there is none of a name.</summary>
    public static ProblemResult NotFound(string name) =>
        new(ProblemKind.NotFound, $"There is no destination '{name}'; GET /v1/destinations lists them.");

    private static (IReadOnlyList<ConnectorSecret> Secrets, string? Made) SecretsOf(
        DestinationRequest wanted, Destination? before)
    {
        var kept = before?.Connector.Secrets ?? [];
        var secrets = new List<ConnectorSecret>();
        string? made = null;
        if (wanted.Kind == DestinationKind.Webhook)
        {
            var signing = kept.Where(secret => secret.Name == Destination.SigningName).ToList();
            if (wanted.Secret is null && signing.Count > 0) secrets.AddRange(signing);
            else
            {
                var secret = wanted.Secret is { } given ? SigningSecret.Parse(given) ?? [] : SigningSecret.New();
                if (wanted.Secret is null) made = SigningSecret.TextOf(secret);
                secrets.Add(new ConnectorSecret(Destination.SigningName, secret, Instant.Forever));
            }
        }
        if (wanted.Headers is { } headers)
        {
            secrets.AddRange(headers.Select(header =>
                Destination.HeaderOf(header.Key, Encoding.UTF8.GetBytes(header.Value))));
        }
        else secrets.AddRange(kept.Where(secret => Destination.IsHeader(secret)));
        if (wanted.Password is { } password)
        {
            secrets.Add(new ConnectorSecret(
                Destination.PasswordName, Encoding.UTF8.GetBytes(password), Instant.Forever));
        }
        else secrets.AddRange(kept.Where(secret => secret.Name == Destination.PasswordName));
        return (secrets, made);
    }

    private ProblemResult? ProblemOf(Reply reply, string name) => reply switch
    {
        Reply.Done => null,
        ConnectorsReply.Taken => new ProblemResult(
            ProblemKind.Conflict,
            $"There is a destination '{name}' already; change it with PUT, or take another name."),
        ConnectorsReply.Unknown => NotFound(name),
        ConnectorsReply.Full full => new ProblemResult(
            ProblemKind.Conflict, $"There are {full.Limit} destinations and intakes, which is the most."),
        _ => ProblemResult.Of(reply, options),
    };
}
