"""Private addresses. None of them holds anything a person typed."""

from django.urls import path

from tracker.views import (
    check_ins,
    course,
    emergency,
    episodes,
    medicines,
    now,
    own_data,
    prevention,
    push,
    reminder_calendar,
    reminder_list,
    reminders,
    report,
    setup,
)

app_name = "tracker"

urlpatterns = [
    # now
    path("", now.home, name="home"),
    path("more/", now.more, name="more"),
    path("steps/<slug:key>/start/", now.start_step, name="start_step"),
    path("steps/<slug:key>/done/", now.log_step, name="log_step"),
    path("step-logs/<uuid:pk>/stop/", now.stop_step, name="stop_step"),
    path("step-logs/<uuid:pk>/undo/", now.undo_step, name="undo_step"),
    path("plan-seen/", now.plan_seen, name="plan_seen"),
    # an episode
    path("start/", episodes.start, name="start"),
    path("episodes/<uuid:pk>/where/", episodes.where, name="episode_where"),
    path("episodes/<uuid:pk>/details/", episodes.details, name="episode_details"),
    path("episodes/<uuid:pk>/move-on/", episodes.move_on, name="move_on"),
    path("episodes/<uuid:pk>/recovered/", episodes.recovered, name="recovered"),
    path("episodes/<uuid:pk>/close/", episodes.close, name="close"),
    path("episodes/<uuid:pk>/reopen/", episodes.reopen, name="reopen"),
    path("episodes/<uuid:pk>/delete/", episodes.delete, name="episode_delete"),
    # safety
    path("emergency/", emergency.questions, name="emergency"),
    path("emergency/answer/", emergency.answer, name="emergency_answer"),
    path("emergency/hold/", emergency.hold, name="hold"),
    path("emergency/crisis/", emergency.crisis, name="crisis"),
    path("episodes/<uuid:pk>/signs/", emergency.signs, name="signs"),
    path("episodes/<uuid:pk>/signs/seen/", emergency.signs_seen, name="signs_seen"),
    # check-ins
    path("episodes/<uuid:pk>/check-in/", check_ins.new, name="check_in"),
    path("check-ins/<uuid:pk>/", check_ins.edit, name="check_in_edit"),
    path("check-ins/<uuid:pk>/delete/", check_ins.delete, name="check_in_delete"),
    # medicines
    path("medicines/", medicines.list_medicines, name="medicines"),
    path("medicines/add/", medicines.add, name="medicine_add"),
    path("medicines/<uuid:pk>/", medicines.edit, name="medicine_edit"),
    path("medicines/<uuid:pk>/put-away/", medicines.put_away, name="medicine_put_away"),
    path("medicines/<uuid:pk>/dose/", medicines.dose, name="dose"),
    path("doses/<uuid:pk>/undo/", medicines.undo_dose, name="undo_dose"),
    # course
    path("episodes/", course.episodes, name="episodes"),
    path("episodes/<uuid:pk>/", course.episode, name="episode"),
    path("patterns/", course.patterns, name="patterns"),
    # prevention
    path("prevention/", prevention.home, name="prevention"),
    path("prevention/plan/", prevention.plan, name="prevention_plan"),
    path("prevention/check-in/", prevention.weekly, name="weekly_check_in"),
    # reminders
    path("reminders/", reminder_list.home, name="reminders"),
    path("reminders/due/", reminder_list.due, name="reminders_due"),
    path("reminders/log/", reminder_list.log, name="reminder_log"),
    path("reminders/settings/", reminder_list.settings, name="reminder_settings"),
    path("reminders/pause/", reminder_list.pause, name="reminder_pause"),
    path("reminders/where/", reminder_list.where, name="reminder_where"),
    path("reminders/test/<slug:channel>/", reminder_list.test_now, name="reminder_test"),
    path("reminders/travel/", reminder_list.travel, name="travel"),
    path("reminders/new/", reminders.new, name="reminder_new"),
    path("reminders/suggested/", reminders.suggested, name="reminder_suggested"),
    path("reminders/<uuid:pk>/", reminders.show, name="reminder"),
    path("reminders/<uuid:pk>/edit/", reminders.edit, name="reminder_edit"),
    path("reminders/<uuid:pk>/switch/", reminders.switch, name="reminder_switch"),
    path("reminders/<uuid:pk>/keep/", reminders.keep, name="reminder_keep"),
    path("reminders/<uuid:pk>/end/", reminders.end, name="reminder_end"),
    path("reminders/calendar/make/", reminder_calendar.make, name="calendar_make"),
    path("reminders/calendar/end/", reminder_calendar.end, name="calendar_end"),
    path("deliveries/<uuid:pk>/done/", reminder_list.done, name="delivery_done"),
    path("deliveries/<uuid:pk>/snooze/", reminder_list.snooze, name="delivery_snooze"),
    path("push/", push.subscribe, name="push"),
    path("push/<uuid:pk>/remove/", push.remove, name="push_remove"),
    # the visit sheet
    path("report/", report.sheet, name="report"),
    path("report/questions/", report.questions, name="report_questions"),
    path("report/visit-sheet.pdf", report.pdf, name="report_pdf"),
    path("report/links/", report.links, name="visit_links"),
    path("report/links/<uuid:pk>/revoke/", report.revoke, name="visit_link_revoke"),
    # own data
    path("my-data/", own_data.stored, name="my_data"),
    path("export/", own_data.export, name="export"),
    path("export/<slug:kind>/", own_data.export_file, name="export_file"),
    path("import/", own_data.import_file, name="import"),
    path("delete-account/", own_data.delete_account, name="delete_account"),
    # set-up
    path("setup/", setup.setup, name="setup"),
    path("setup/consent/", setup.consent, name="consent"),
    path("setup/about-you/", setup.about_you, name="about_you"),
    path("settings/", setup.settings, name="settings"),
    path("settings/withdraw/", setup.withdraw, name="withdraw"),
]
