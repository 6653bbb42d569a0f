"""The whole picture of a story, with a title and a description for those who do not see it."""

from stillwatch.findings.charts.svg import captioned
from stillwatch.findings.numerals import count, plural
from story_pictures.activity import counted, draw_activity, step_h
from story_pictures.canvas import HEIGHT, WIDTH, lettered, paper
from story_pictures.graph import draw_graph, gather_graph
from story_pictures.scene import Scene


def draw_story(scene: Scene) -> str:
    """Draw a story as an SVG file; the same world gives the same bytes."""
    drawn = gather_graph(scene)
    totals = counted(scene, step_h(scene)).sum(axis=1).tolist()
    layers = ", ".join(f"{one.name} {count(total)}" for one, total in zip(scene.layers, totals, strict=True))
    described = (
        f"Left: {plural(scene.exchanges.height, 'exchange')} in {plural(scene.story.calendar.days, 'day')}, in layers: "
        f"{layers}. Right: {plural(len(drawn.accounts), 'account')}, of which {count(drawn.linked)} share something."
    )
    return (
        captioned(
            scene.story.name, f"{scene.story.name}: {scene.story.tells}", described,
            paper(), lettered(draw_activity(scene), draw_graph(scene, drawn)),
            xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {HEIGHT}", width=WIDTH, height=HEIGHT,
        )
        + "\n"
    )  # fmt: skip
