export { latestAdultBirthDate, majorityOn } from './majority.js';
export {
  DEFAULT_USERTYPES,
  PROFILE_FIELDS,
  type ProfileField,
  type ProfileFieldName,
} from './profile-fields.js';
export { endOfDay, todayIn } from './today.js';
