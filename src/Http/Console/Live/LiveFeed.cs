using System.Text.Encodings.Web;
using System.Text.Json;
using DToC.Http.Console.Figures;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace DToC.Http.Console.Live;

/// <summary>
/// What changes on a page with one range, drawn once for all who look at it. Each drawn panel has the number of
/// the drawing it changed in; a viewer is sent those that are newer than what it has.
/// </summary>
internal sealed class LiveFeed(TimeRange range)
{
    // A quotation mark escaped as such, not as six characters: markup is full of them.
    private static readonly JsonSerializerOptions Json =
        new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, Drawn> _drawn = new(StringComparer.Ordinal);
    private TaskCompletionSource<Drawing> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Drawing _current = new(0, []);
    private int _viewers;

    /// <summary>How far back its charts reach.</summary>
    public TimeRange Range => range;

    /// <summary>True while somebody looks.</summary>
    public bool IsWatched => Volatile.Read(ref _viewers) > 0;

    /// <summary>The newest drawing.</summary>
    public Drawing Current => Volatile.Read(ref _current);

    /// <summary>Completes with the drawing after the newest.</summary>
    public Task<Drawing> Next => Volatile.Read(ref _next).Task;

    /// <summary>Somebody begins to look.</summary>
    public void Enter() => Interlocked.Increment(ref _viewers);

    /// <summary>Somebody looks no more.</summary>
    public void Leave() => Interlocked.Decrement(ref _viewers);

    /// <summary>Draws what it is time for; called by one at a time.</summary>
    public async Task DrawAsync(HtmlRenderer renderer, FigureBoard board)
    {
        var number = Current.Number + 1;
        foreach (var panel in Panel.All)
        {
            var period = panel.Period(board);
            if (_drawn.TryGetValue(panel.Name, out var before) && before.Period == period) continue;
            var html = await HtmlAsync(renderer, panel, board);
            if (before is not null && before.Html == html) _drawn[panel.Name] = before with { Period = period };
            else _drawn[panel.Name] = new Drawn(number, period, html, EventOf(panel, html));
        }
        var drawing = new Drawing(number, [.. _drawn.Values.Select(drawn => (drawn.Number, drawn.Event))]);
        Volatile.Write(ref _current, drawing);
        Interlocked.Exchange(ref _next, new TaskCompletionSource<Drawing>(
            TaskCreationOptions.RunContinuationsAsynchronously)).SetResult(drawing);
    }

    private static async Task<string> HtmlAsync(HtmlRenderer renderer, Panel panel, FigureBoard board)
    {
        var parameters = ParameterView.FromDictionary(
            new Dictionary<string, object?>(StringComparer.Ordinal) { ["Board"] = board });
        return (await renderer.RenderComponentAsync(panel.Component, parameters)).ToHtmlString();
    }

    /// <summary>A server-sent event. JSON has no line break, which would end it.</summary>
    private static byte[] EventOf(Panel panel, string html) =>
    [
        .. "event: panel\ndata: "u8,
        .. JsonSerializer.SerializeToUtf8Bytes(new PanelForm(panel.Name, html), Json),
        .. "\n\n"u8,
    ];

    private sealed record PanelForm(string Name, string Html);

    private sealed record Drawn(long Number, long Period, string Html, byte[] Event);
}

/// <summary>The panels of a page as they were drawn last.</summary>
/// <param name="Number">Counts up.</param>
/// <param name="Panels">An event a panel, and the number of the drawing in which it changed.</param>
internal sealed record Drawing(long Number, IReadOnlyList<(long Number, byte[] Event)> Panels);
