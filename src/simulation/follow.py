"""A month of the other departments, in the order in which they hear of things."""

from .affairs import Affairs, open_affairs
from .arrays import Who
from .calls import call
from .courts import default, encumber, sue
from .districts import check_at_random, grade_catering, note_obstruction
from .months import Month
from .opinion import tell, warn
from .overheard import Overheard
from .people import Staff, appoint_staff, ban, close_posts, examine, replace, turn_over
from .premises import figure, settle_in
from .samples import review, sample_above
from .sanctions import file_cases, repair, sanction
from .standing import certify_again, disclose, judge, owe, sell_in_groups
from .world import World

__all__ = ["Followers"]


class Followers:
    """The other departments of a part of the city.

    Parameters
    ----------
    seed
        Of the part.
    world, heard
        The part, and what its own processes record.
    """

    def __init__(self, seed: list[int], world: World, heard: Overheard) -> None:
        self.affairs: Affairs = open_affairs(seed, world, heard)
        self.staff: Staff = appoint_staff(self.affairs)
        settle_in(self.affairs)

    def follow(self, month: Month, active: Who) -> None:
        """Act on a month that has been lived."""
        affairs = self.affairs
        sanction(affairs, month, active)
        file_cases(affairs, month, active)
        repair(affairs)
        sue(affairs, month, active)
        default(affairs, month, active)
        encumber(affairs, month, active)
        replace(affairs)
        ban(affairs)
        self.staff = turn_over(affairs, month, self.staff)
        examine(affairs, month, self.staff)
        check_at_random(affairs, month, active)
        grade_catering(affairs, month, active)
        note_obstruction(affairs, month, active)
        tell(affairs, month, active)
        warn(affairs, month)
        call(affairs, month, active)
        disclose(affairs, month, active)
        owe(affairs, month, active)
        judge(affairs, month, active)
        sell_in_groups(affairs, month, active)
        sample_above(affairs, month, active)
        figure(affairs)
        affairs.heard.forget()

    def conclude(self, first: int, end: int) -> None:
        """Write down what is known only at the end: posts held, reviews, certificates."""
        close_posts(self.affairs, self.staff)
        review(self.affairs)
        certify_again(self.affairs, first, end)
